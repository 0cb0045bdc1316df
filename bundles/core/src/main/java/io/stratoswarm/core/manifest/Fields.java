package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.GraphTree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Reads the members of one object. Every reading method gives empty both for what is absent and for what is wrong, and
 * reports the latter; so a reader goes on with a default and finds all errors in one pass.
 */
public final class Fields {
    private final Problems problems;
    private final GraphTree.Obj object;
    private final String what;
    private final Map<String, GraphTree.Member> members = new LinkedHashMap<>();

    /** @param what the object in words, for messages: {@code a node} */
    public Fields(Problems problems, GraphTree.Obj object, String what, List<String> allowed) {
        this.problems = problems;
        this.object = object;
        this.what = what;
        for (GraphTree.Member member : object.members()) {
            if (allowed.contains(member.key())) {
                members.put(member.key(), member);
            } else if (problems.listing()) {
                problems.error(
                        member.place(),
                        "unknown key '" + Problems.clip(member.key(), 60) + "' in " + what
                                + Nearest.of(member.key(), problems.words(what, allowed))
                                        .map(near -> "; did you mean '" + near + "'?")
                                        .orElse("; known are " + String.join(", ", problems.words(what, allowed))));
            } else {
                problems.error(member.place(), "unknown key");
            }
        }
    }

    public GraphTree.Place place() {
        return object.place();
    }

    /** Where the value of this key stands, or else the object itself. */
    public GraphTree.Place place(String key) {
        GraphTree.Member member = members.get(key);
        return member == null ? object.place() : member.value().place();
    }

    /** Where this key itself stands, or else the object. */
    GraphTree.Place keyPlace(String key) {
        GraphTree.Member member = members.get(key);
        return member == null ? object.place() : member.place();
    }

    public boolean has(String key) {
        return members.containsKey(key);
    }

    public Optional<GraphTree> value(String key) {
        return Optional.ofNullable(members.get(key)).map(GraphTree.Member::value);
    }

    public void require(String key, String example) {
        if (!has(key)) {
            problems.error(
                    object.place(),
                    what + " needs the key '" + key + "', for example " + problems.example(key, example));
        }
    }

    public void wrongType(String key, GraphTree value, String expected) {
        problems.error(value.place(), "'" + key + "' must be " + expected + ", not " + value.kind());
    }

    public Optional<GraphTree.Obj> object(String key) {
        return value(key).flatMap(value -> {
            if (value instanceof GraphTree.Obj found) {
                return Optional.of(found);
            }
            wrongType(key, value, "an object");
            return Optional.empty();
        });
    }

    public Optional<List<GraphTree>> array(String key) {
        return value(key).flatMap(value -> {
            if (value instanceof GraphTree.Arr found) {
                return Optional.of(found.items());
            }
            wrongType(key, value, "an array");
            return Optional.empty();
        });
    }

    public Optional<String> text(String key) {
        return value(key).flatMap(value -> text(key, value, "a string"));
    }

    /** One of the strings in an array. */
    Optional<String> textItem(String key, GraphTree item) {
        return text(key, item, "an array of strings");
    }

    /** All of the strings in an array. */
    List<String> textItems(String key) {
        List<String> found = new ArrayList<>();
        array(key).orElse(List.of()).forEach(item -> textItem(key, item).ifPresent(found::add));
        return found;
    }

    /** A path that starts with a slash. */
    Optional<String> absolute(String key) {
        return text(key).filter(path -> {
            boolean good = path.startsWith("/");
            if (!good) {
                problems.error(
                        place(key), "'" + key + "' must be an absolute path, not '" + Problems.clip(path, 60) + "'");
            }
            return good;
        });
    }

    Optional<Boolean> flag(String key) {
        return value(key).flatMap(value -> {
            if (value instanceof GraphTree.Bool found) {
                return Optional.of(found.value());
            }
            wrongType(key, value, "true or false");
            return Optional.empty();
        });
    }

    private Optional<String> text(String key, GraphTree value, String expected) {
        if (value instanceof GraphTree.Text found) {
            return Optional.of(found.value());
        }
        String hint =
                value instanceof GraphTree.Num || value instanceof GraphTree.Bool ? "; put it in double quotes" : "";
        problems.error(value.place(), "'" + key + "' must be " + expected + ", not " + value.kind() + hint);
        return Optional.empty();
    }

    /** A string or a whole number, as text; for ids of users and groups. */
    Optional<String> textOrNumber(String key) {
        return value(key)
                .flatMap(value -> value instanceof GraphTree.Num number && number.integer()
                        ? Optional.of(number.text())
                        : text(key, value, "a string or a whole number"));
    }

    /** One of some words, by its capital-letter, underscored constant. */
    <E extends Enum<E>> Optional<E> word(String key, Class<E> words) {
        return value(key).flatMap(value -> word(key, value, words));
    }

    <E extends Enum<E>> Optional<E> word(String key, GraphTree value, Class<E> words) {
        List<String> known = new ArrayList<>();
        for (E constant : words.getEnumConstants()) {
            known.add(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
        return text(key, value, "one of " + String.join(", ", known)).flatMap(word -> {
            int index = known.indexOf(word);
            if (index >= 0) {
                return Optional.of(words.getEnumConstants()[index]);
            }
            problems.error(
                    value.place(),
                    "'" + key + "' must be one of " + String.join(", ", known) + ", not '" + Problems.clip(word, 60)
                            + "'" + Nearest.hint(word, known));
            return Optional.empty();
        });
    }

    public OptionalLong integer(String key, long min, long max) {
        return value(key).map(value -> integer(key, value, min, max)).orElse(OptionalLong.empty());
    }

    OptionalLong integer(String key, GraphTree value, long min, long max) {
        if (!(value instanceof GraphTree.Num number) || !number.integer()) {
            wrongType(key, value, "a whole number");
            return OptionalLong.empty();
        }
        try {
            long found = Long.parseLong(number.text());
            if (found >= min && found <= max) {
                return OptionalLong.of(found);
            }
        } catch (NumberFormatException e) {
            // More than 63 bits is out of every range; reported below like any other such number.
        }
        String range = max == Long.MAX_VALUE ? "at least " + min : min + " to " + max;
        problems.error(value.place(), "'" + key + "' must be " + range + ", not " + Problems.clip(number.text(), 40));
        return OptionalLong.empty();
    }

    public OptionalInt small(String key, int min, int max) {
        OptionalLong found = integer(key, min, max);
        return found.isPresent() ? OptionalInt.of(Math.toIntExact(found.getAsLong())) : OptionalInt.empty();
    }

    public Optional<Double> decimal(String key, double min, double max) {
        return value(key).flatMap(value -> decimal(key, value, min, max));
    }

    Optional<Double> decimal(String key, GraphTree value, double min, double max) {
        if (!(value instanceof GraphTree.Num number)) {
            wrongType(key, value, "a number");
            return Optional.empty();
        }
        double found = Double.parseDouble(number.text());
        if (found >= min && found <= max) {
            return Optional.of(found);
        }
        problems.error(
                value.place(),
                "'" + key + "' must be " + min + " to " + max + ", not " + Problems.clip(number.text(), 40));
        return Optional.empty();
    }

    /** Milliseconds of a text like {@code 10s}. */
    public OptionalLong duration(String key, long minMillis) {
        return value(key)
                .map(value ->
                        measured(key, value, Units::duration, minMillis, "a duration such as \"10s\" or \"500ms\""))
                .orElse(OptionalLong.empty());
    }

    /** Bytes of a text like {@code 64MiB} or of a whole number. */
    public OptionalLong size(String key, long min) {
        return value(key).map(value -> size(key, value, min)).orElse(OptionalLong.empty());
    }

    OptionalLong size(String key, GraphTree value, long min) {
        if (value instanceof GraphTree.Num number && number.integer()) {
            return integer(key, value, min, Long.MAX_VALUE);
        }
        return measured(key, value, Units::size, min, "a size such as \"64MiB\" or a number of bytes");
    }

    OptionalLong measured(
            String key, GraphTree value, Function<String, OptionalLong> parse, long min, String expected) {
        if (!(value instanceof GraphTree.Text text)) {
            wrongType(key, value, expected);
            return OptionalLong.empty();
        }
        OptionalLong found = parse.apply(text.value());
        String quoted = "\"" + Problems.clip(text.value(), 60) + "\"";
        if (found.isEmpty()) {
            problems.error(value.place(), "'" + key + "' must be " + expected + ", not " + quoted);
        } else if (found.getAsLong() < min) {
            problems.error(
                    value.place(),
                    "'" + key + "' must not be " + quoted + "; the least is " + min
                            + (expected.startsWith("a duration") ? " ms" : " bytes"));
            return OptionalLong.empty();
        }
        return found;
    }

    /** A command: a program and its arguments, none of them empty in front. */
    Optional<List<String>> command(String key) {
        return array(key).flatMap(items -> {
            List<String> words = new ArrayList<>();
            boolean good = true;
            for (GraphTree item : items) {
                Optional<String> word = text(key, item, "an array of strings");
                good &= word.isPresent();
                words.add(word.orElse(""));
            }
            if (!good) {
                return Optional.empty();
            }
            if (words.isEmpty() || words.getFirst().isBlank()) {
                problems.error(place(key), "'" + key + "' needs a program, for example [\"/usr/bin/sleep\", \"60\"]");
                return Optional.empty();
            }
            if (words.getFirst().contains("/") && !words.getFirst().startsWith("/")) {
                problems.error(
                        items.getFirst().place(),
                        "the program '" + Problems.clip(words.getFirst(), 60)
                                + "' must be an absolute path, or a plain name that is found on the PATH");
                return Optional.empty();
            }
            return Optional.of(words);
        });
    }

    /** An object whose values are strings; the keys are checked by the caller. */
    Map<String, GraphTree.Text> texts(String key) {
        Map<String, GraphTree.Text> found = new LinkedHashMap<>();
        object(key)
                .ifPresent(map -> map.members().forEach(member -> {
                    if (member.value() instanceof GraphTree.Text text) {
                        found.put(member.key(), text);
                    } else {
                        text(Problems.clip(member.key(), 60), member.value(), "a string");
                    }
                }));
        return found;
    }
}
