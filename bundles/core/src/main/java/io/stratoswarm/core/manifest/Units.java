package io.stratoswarm.core.manifest;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations, sizes, signals and lists of processors as people write them. */
public final class Units {
    /** Ten years; keeps every sum of times far from overflow. */
    static final long MAX_MILLIS = 3_650L * 24 * 3_600 * 1_000;

    static final List<String> SIGNALS = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS");

    /** CPU_SETSIZE of the C library. */
    static final int MAX_CPUS = 1_024;

    private static final Pattern DURATION_PART = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?) ?([A-Za-z]{0,3})");
    private static final Pattern CPU_RANGE = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");
    private static final Map<String, Long> DURATION_UNITS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final Map<String, Long> SIZE_UNITS = Map.of(
            "",
            1L,
            "b",
            1L,
            "kib",
            1L << 10,
            "mib",
            1L << 20,
            "gib",
            1L << 30,
            "tib",
            1L << 40,
            "kb",
            1_000L,
            "mb",
            1_000_000L,
            "gb",
            1_000_000_000L,
            "tb",
            1_000_000_000_000L);

    private Units() {}

    /** Milliseconds of {@code 100ms}, {@code 1.5s}, {@code 1h30m}; empty where it is none or exceeds ten years. */
    public static OptionalLong duration(String text) {
        if (text.isEmpty() || text.length() > 60) {
            return OptionalLong.empty();
        }
        Matcher matcher = DURATION_PART.matcher(text);
        BigDecimal sum = BigDecimal.ZERO;
        int position = 0;
        while (position < text.length()) {
            if (!matcher.find(position) || matcher.start() != position) {
                return OptionalLong.empty();
            }
            BigDecimal unit = BigDecimal.valueOf(DURATION_UNITS.getOrDefault(matcher.group(2), 1L));
            sum = sum.add(new BigDecimal(matcher.group(1)).multiply(unit));
            position = matcher.end();
        }
        if (sum.compareTo(BigDecimal.valueOf(MAX_MILLIS)) > 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(sum.setScale(0, RoundingMode.UP).longValueExact());
    }

    /** Bytes of {@code 64MiB}, {@code 1.5GB}, {@code 4096}; empty where it is none or exceeds 63 bits. */
    public static OptionalLong size(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (text.length() > 60 || !matcher.matches()) {
            return OptionalLong.empty();
        }
        Long unit = SIZE_UNITS.get(matcher.group(2).toLowerCase(Locale.ROOT));
        if (unit == null) {
            return OptionalLong.empty();
        }
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(bytes.setScale(0, RoundingMode.DOWN).longValueExact());
    }

    /** Bytes a second of {@code 16MiB/s}. */
    public static OptionalLong bytesPerSecond(String text) {
        return text.endsWith("/s") ? size(text.substring(0, text.length() - 2).strip()) : OptionalLong.empty();
    }

    /** A signal's name without SIG, in capitals. */
    public static Optional<String> signal(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
        return SIGNALS.contains(name) ? Optional.of(name) : Optional.empty();
    }

    /** Processor numbers of {@code 0-3,6}; empty where it is no such list. */
    public static Optional<List<Integer>> processors(String text) {
        if (text.length() > 4_096) {
            return Optional.empty();
        }
        List<Integer> found = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = CPU_RANGE.matcher(part.strip());
            if (!matcher.matches()) {
                return Optional.empty();
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (last < first || last >= MAX_CPUS) {
                return Optional.empty();
            }
            for (int cpu = first; cpu <= last && found.size() <= MAX_CPUS; cpu++) {
                found.add(cpu);
            }
        }
        return Optional.of(found);
    }
}
