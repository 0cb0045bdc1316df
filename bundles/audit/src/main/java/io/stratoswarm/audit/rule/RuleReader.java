package io.stratoswarm.audit.rule;

import io.stratoswarm.audit.rule.YamlTree.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads a pack of rules, and finds everything that is wrong with it in one go. */
public final class RuleReader {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
    private static final List<String> PACK_KEYS = List.of("name", "description", "parameters", "rules");
    private static final List<String> RULE_KEYS =
            List.of("name", "on", "types", "when", "require", "message", "action", "severity");
    private static final int MAX_RULES = 500;

    /** A pack, or what is wrong with the text. */
    public sealed interface Result {
        record Good(RulePack pack) implements Result {}

        record Bad(List<Problem> problems) implements Result {
            public Bad {
                problems = List.copyOf(problems);
            }
        }
    }

    private final String file;
    private final List<Problem> problems = new ArrayList<>();

    private RuleReader(String file) {
        this.file = file;
    }

    /** @param file its name, for messages */
    public static Result read(String file, byte[] bytes) {
        RuleReader reader = new RuleReader(file);
        Optional<YamlTree> root = YamlTree.parse(bytes, reader.problems);
        Optional<RulePack> pack = root.flatMap(tree -> reader.pack(tree, sha256(bytes)));
        return pack.isPresent() && reader.problems.isEmpty()
                ? new Result.Good(pack.get())
                : new Result.Bad(reader.problems);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private Optional<RulePack> pack(YamlTree root, String sha256) {
        Map<String, YamlTree> keys = root.keys(PACK_KEYS, "a pack of rules", problems);
        String name = name(root, keys);
        Map<String, Object> parameters = new LinkedHashMap<>();
        YamlTree given = keys.get("parameters");
        if (given != null) {
            given.keys(List.of(), "parameters", problems).forEach((key, value) -> parameters.put(key, value.value()));
        }
        List<Rule> rules = new ArrayList<>();
        Set<String> names = new HashSet<>();
        YamlTree list = keys.get("rules");
        if (list == null) {
            problems.add(root.problem("'rules' is missing: a list of at least one rule"));
        } else {
            List<YamlTree> items = list.items("rules", problems);
            if (items.isEmpty() || items.size() > MAX_RULES) {
                problems.add(list.problem("there must be 1 to " + MAX_RULES + " rules"));
            }
            for (YamlTree item : items) {
                rule(item).ifPresent(rule -> {
                    if (!names.add(rule.name())) {
                        problems.add(
                                item.problem("there is a rule '" + rule.name() + "' above; each needs its own name"));
                    }
                    rules.add(rule);
                });
            }
        }
        String description = Optional.ofNullable(keys.get("description"))
                .map(tree -> tree.text("description", problems))
                .orElse("");
        return problems.isEmpty()
                ? Optional.of(new RulePack(name, description, file, sha256, parameters, rules))
                : Optional.empty();
    }

    private String name(YamlTree holder, Map<String, YamlTree> keys) {
        YamlTree tree = keys.get("name");
        if (tree == null) {
            problems.add(holder.problem("'name' is missing"));
            return "";
        }
        String name = tree.text("name", problems);
        if (!NAME.matcher(name).matches()) {
            problems.add(
                    tree.problem("a name has lower-case letters, digits and hyphens, begins with a letter and has at"
                            + " most 63 of them; '" + name + "' does not"));
        }
        return name;
    }

    private Optional<Rule> rule(YamlTree tree) {
        int before = problems.size();
        Map<String, YamlTree> keys = tree.keys(RULE_KEYS, "a rule", problems);
        String name = name(tree, keys);
        Optional<Rule.On> on = word(tree, keys, "on", Rule.On.values(), Rule.On::word, Optional.empty());
        Optional<Rule.Action> action =
                word(tree, keys, "action", Rule.Action.values(), Rule.Action::word, Optional.of(Rule.Action.ALERT));
        Optional<Rule.Severity> severity = word(
                tree, keys, "severity", Rule.Severity.values(), Rule.Severity::word, Optional.of(Rule.Severity.MEDIUM));
        List<String> types = new ArrayList<>();
        YamlTree given = keys.get("types");
        if (given != null) {
            given.items("types", problems).forEach(item -> types.add(item.text("a type", problems)));
            if (on.isPresent() && on.get() != Rule.On.EVENT && on.get() != Rule.On.DECISION) {
                problems.add(given.problem("'types' is for rules on event or decision"));
            }
        }
        YamlTree message = keys.get("message");
        if (message == null) {
            problems.add(tree.problem("'message' is missing: what whoever breaks the rule is told"));
        }
        if (on.isPresent() && action.isPresent() && !action.get().fits(on.get())) {
            problems.add(Optional.ofNullable(keys.get("action"))
                    .orElse(tree)
                    .problem("'action: " + action.get().word() + "' does not fit 'on: "
                            + on.get().word() + "'; there it can be " + fitting(on.get())));
        }
        Optional<CelCondition> when = Optional.ofNullable(keys.get("when")).flatMap(each -> condition(each, on));
        Optional<CelCondition> require =
                Optional.ofNullable(keys.get("require")).flatMap(each -> condition(each, on));
        if (keys.get("require") == null) {
            problems.add(tree.problem("'require' is missing: the condition that must hold"));
        }
        String text = message == null ? "" : message.text("message", problems);
        if (problems.size() > before || require.isEmpty() || on.isEmpty() || action.isEmpty() || severity.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                Rule.ofConditions(name, on.get(), types, when, require.get(), text, action.get(), severity.get()));
    }

    private static String fitting(Rule.On on) {
        return String.join(
                ", ",
                Arrays.stream(Rule.Action.values())
                        .filter(action -> action.fits(on))
                        .map(Rule.Action::word)
                        .toList());
    }

    private <T> Optional<T> word(
            YamlTree holder,
            Map<String, YamlTree> keys,
            String key,
            T[] values,
            Function<T, String> words,
            Optional<T> otherwise) {
        YamlTree tree = keys.get(key);
        List<String> known = Arrays.stream(values).map(words).toList();
        if (tree == null) {
            if (otherwise.isEmpty()) {
                problems.add(holder.problem("'" + key + "' is missing: " + String.join(", ", known)));
            }
            return otherwise;
        }
        String text = tree.text(key, problems);
        Optional<T> found = Arrays.stream(values)
                .filter(each -> words.apply(each).equals(text))
                .findFirst();
        if (found.isEmpty()) {
            problems.add(tree.problem("'" + key + "' is one of " + String.join(", ", known) + ", not '" + text + "'"));
        }
        return found;
    }

    private Optional<CelCondition> condition(YamlTree tree, Optional<Rule.On> on) {
        String text = tree.text("a condition", problems);
        if (on.isEmpty()) {
            return Optional.empty(); // What it may name is not known, so its errors would say nothing.
        }
        Set<String> names = new TreeSet<>(on.get().names());
        names.add("parameters");
        names.add("now");
        try {
            return Optional.of(CelCondition.compile(text, names));
        } catch (CelCondition.Invalid e) {
            for (CelCondition.Problem each : e.problems()) {
                problems.add(tree.inside(
                        each.line(), each.column(), each.message() + "; it may name " + String.join(", ", names)));
            }
            return Optional.empty();
        }
    }

    /** The text of a file as UTF-8, for tests. */
    static Result read(String file, String text) {
        return read(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
