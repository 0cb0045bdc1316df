package io.stratoswarm.audit.failure;

import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.failure.Failures.Category;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** What an agent's last words and the way it ended say of the reason, by the texts of strerror(3) and what runtimes say. */
final class Clues {
    private static final Map<Category, Pattern> TEXTS = new EnumMap<>(Map.of(
            Category.MEMORY, Pattern.compile("out of memory|cannot allocate|memoryerror|bad_alloc|heap space"),
            Category.DESCRIPTORS, Pattern.compile("too many open files|emfile|enfile"),
            Category.STORAGE,
                    Pattern.compile("no space left|enospc|quota exceeded|file too large|read-only file system"),
            Category.PROCESSES, Pattern.compile("cannot fork|can't fork|fork failed|resource temporarily unavailable"),
            Category.FAILURE,
                    Pattern.compile(
                            "connection refused|connection reset|broken pipe|no route to host|timed? ?out|no answer"
                                    + "|unreachable|no such file or directory.*sock|unavailable")));

    private static final Pattern HANG = Pattern.compile("probe|liveness|watchdog|unhealthy");

    private final Map<Category, String> found = new EnumMap<>(Category.class);
    private final boolean hung;
    private final List<String> complaints = new ArrayList<>();

    /** @param why the reason that the failure's event gives */
    Clues(List<LogLine> lines, String why) {
        for (LogLine line : lines) {
            see(line.text());
        }
        see(why);
        String end = why.toLowerCase(Locale.ROOT);
        hung = HANG.matcher(end).find();
        if (end.contains("signal xfsz")) {
            found.put(Category.STORAGE, why);
        }
        if (end.contains("signal xcpu")) {
            found.put(Category.PROCESSOR, why);
        }
    }

    private void see(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        TEXTS.forEach((category, pattern) -> {
            if (pattern.matcher(lower).find()) {
                found.put(category, text);
                if (category == Category.FAILURE) {
                    complaints.add(text);
                }
            }
        });
    }

    /** Whether it complained of this agent, by the name of its node. */
    boolean names(String agent) {
        return !complaint(agent).isEmpty();
    }

    /** The last complaint that names this agent's node; empty where there is none. */
    String complaint(String agent) {
        String node = agent.substring(agent.indexOf('/') + 1).replaceFirst("\\.\\d+$", "");
        Pattern word = Pattern.compile("(?<![\\w-])" + Pattern.quote(node) + "(?![\\w-])");
        return complaints.reversed().stream()
                .filter(line -> word.matcher(line).find())
                .findFirst()
                .orElse("");
    }

    /** The words for a category; empty where nothing was said. */
    String words(Category category) {
        return found.getOrDefault(category, "");
    }

    Map<Category, String> all() {
        return found;
    }

    /** It did not end by itself: it was found to do nothing any more. */
    boolean hung() {
        return hung;
    }
}
