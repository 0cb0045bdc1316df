package io.stratoswarm.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules of the house that no compiler checks. Each finding names the replacement. */
class TidyTest {
    private static final int LONGEST_FILE = 500;

    /** A pattern that must not occur in the main sources of a bundle, and what to write instead. */
    private record Rule(Pattern pattern, String instead) {
        Rule(String pattern, String instead) {
            this(Pattern.compile(pattern), instead);
        }
    }

    private static final String TIME =
            "take a java.time.InstantSource by constructor, so that replay can give recorded times";
    private static final String CHANCE =
            "take a java.util.random.RandomGenerator by constructor, so that replay can repeat it";

    private static final List<Rule> RULES = List.of(
            new Rule("\\b(Instant|LocalDateTime|LocalDate|ZonedDateTime|OffsetDateTime)\\.now\\(", TIME),
            new Rule("\\bSystem\\.currentTimeMillis\\(", TIME),
            new Rule("\\bSystem\\.nanoTime\\(", "take a java.util.function.LongSupplier of nanoseconds by constructor"),
            new Rule("\\bClock\\.system|\\bInstantSource\\.system\\(", TIME),
            new Rule("\\bMath\\.random\\(|\\bnew Random\\(\\)|ThreadLocalRandom|\\bnew SecureRandom\\(", CHANCE),
            new Rule("\\bUUID\\.randomUUID\\(", CHANCE),
            new Rule(
                    "^\\s*(public |protected |private )?static (?!final\\b|.*\\()(?!class|record|enum|interface|sealed|abstract|non-sealed)\\S.*[;=]",
                    "a static field that changes is a hidden global: make it a field of its owner"),
            new Rule("printStackTrace\\(|System\\.(out|err)\\.", "log through slf4j"));

    /**
     * Places that may break one rule, with the reason. Components are where the real clock and real chance come in; nothing
     * below them may.
     */
    private static final Map<String, String> ALLOWED = Map.of(
            "Component.java InstantSource.system(", "components hand the real clock to what they make",
            "Component.java new SecureRandom(", "components hand real chance to what they make",
            "HostDaemon.java InstantSource.system(", "a component with logic of a few lines",
            "JournalTools.java InstantSource.system(", "the entry of the command line, which runs without a component",
            "JournalTools.java new SecureRandom(", "the same");

    @Test
    void shouldPassTimeAndChanceInAndKeepNoGlobals() throws IOException {
        List<String> findings = new ArrayList<>();
        for (Path file : sources("bundles/*/src/main/java")) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (isComment(line)) {
                    continue;
                }
                for (Rule rule : RULES) {
                    var matcher = rule.pattern().matcher(line);
                    if (matcher.find() && !allowed(file, line)) {
                        findings.add(where(file, i) + ": " + line.strip() + "\n    instead: " + rule.instead());
                    }
                }
            }
        }
        assertEquals("", String.join("\n", findings));
    }

    @Test
    void shouldKeepFilesShort() throws IOException {
        List<String> findings = new ArrayList<>();
        for (Path file : allSources()) {
            int lines = Files.readAllLines(file).size();
            if (lines > LONGEST_FILE) {
                findings.add(Repository.root().relativize(file) + " has " + lines + " lines; split it, at most "
                        + LONGEST_FILE);
            }
        }
        assertEquals("", String.join("\n", findings));
    }

    @Test
    void shouldNameNoFolderOfADevelopersMachine() throws IOException {
        Pattern personal = Pattern.compile("/(home|Users)/[a-z]+/|C:\\\\\\\\Users");
        List<String> findings = new ArrayList<>();
        for (Path file : allSources()) {
            if (file.getFileName().toString().equals("TidyTest.java")) {
                continue; // It has to name what it looks for.
            }
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (personal.matcher(lines.get(i)).find()) {
                    findings.add(where(file, i) + ": " + lines.get(i).strip());
                }
            }
        }
        assertEquals("", String.join("\n", findings));
    }

    @Test
    void shouldFindWhatItIsMadeToFind() {
        List<String> bad = List.of(
                "long t = System.nanoTime();",
                "Instant now = Instant.now();",
                "    private static int counter = 0;",
                "    static Map<String, String> cache;",
                "var r = new Random();");
        List<String> good = List.of(
                "    private static final int LIMIT = 1;",
                "    static int higher(int a, int b) {",
                "    static final class Inner {",
                "    public static void main(String[] args) {",
                "var r = new Random(42);");
        bad.forEach(line -> assertTrue(
                RULES.stream().anyMatch(it -> it.pattern().matcher(line).find()), line));
        good.forEach(line -> assertTrue(
                RULES.stream().noneMatch(it -> it.pattern().matcher(line).find()), line));
    }

    private static boolean allowed(Path file, String line) {
        return ALLOWED.keySet().stream().anyMatch(it -> {
            String[] place = it.split(" ", 2);
            return file.toString().endsWith(place[0]) && line.contains(place[1]);
        });
    }

    private static boolean isComment(String line) {
        String text = line.strip();
        return text.startsWith("*") || text.startsWith("//") || text.startsWith("/*");
    }

    private static String where(Path file, int index) {
        return Repository.root().relativize(file) + ":" + (index + 1);
    }

    private static List<Path> allSources() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String pattern :
                List.of("bundles/*/src", "script-worker/src", "launcher/src", "itests/src", "benchmarks/src")) {
            all.addAll(sources(pattern));
        }
        return all;
    }

    private static List<Path> sources(String pattern) throws IOException {
        List<Path> files = new ArrayList<>();
        List<Path> folders = new ArrayList<>();
        String[] parts = pattern.split("\\*/", 2);
        if (parts.length == 1) {
            folders.add(Repository.root().resolve(pattern));
        } else {
            try (Stream<Path> list = Files.list(Repository.root().resolve(parts[0]))) {
                list.map(it -> it.resolve(parts[1])).forEach(folders::add);
            }
        }
        for (Path folder : folders) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> list = Files.walk(folder)) {
                    list.filter(it -> it.toString().endsWith(".java")).sorted().forEach(files::add);
                }
            }
        }
        return files;
    }
}
