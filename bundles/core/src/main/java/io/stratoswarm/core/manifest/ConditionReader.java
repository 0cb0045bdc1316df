package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.Condition;
import io.stratoswarm.api.graph.Condition.Comparison;
import io.stratoswarm.api.graph.Condition.Value;
import io.stratoswarm.api.graph.GraphTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads conditions on records. The depth of the tree is bounded by whoever made it, so recursion is harmless. */
final class ConditionReader {
    /** The record as a whole. */
    static final String WHOLE = "$";

    private static final Pattern FIELD = Pattern.compile("\\$|[^.\\s$]+(\\.[^.\\s$]+)*");
    private static final int MAX_FIELD = 256;
    private static final int MAX_PATTERN = 1_000;

    private final Problems problems;

    ConditionReader(Problems problems) {
        this.problems = problems;
    }

    Optional<Condition> read(GraphTree value) {
        if (!(value instanceof GraphTree.Obj object)) {
            problems.error(
                    value.place(),
                    "a condition is an object such as {\"field\": \"level\", \"equals\": \"error\"}, not "
                            + value.kind());
            return Optional.empty();
        }
        Fields fields = new Fields(problems, object, "a condition", Keys.CONDITION);
        List<String> joins = Keys.CONDITION_JOINS.stream().filter(fields::has).toList();
        List<String> tests = Keys.CONDITION_TESTS.stream().filter(fields::has).toList();
        if (joins.size() + tests.size() != 1) {
            problems.error(
                    object.place(),
                    "a condition needs exactly one of " + String.join(", ", Keys.CONDITION_JOINS) + ", "
                            + String.join(", ", Keys.CONDITION_TESTS));
            return Optional.empty();
        }
        if (!joins.isEmpty()) {
            if (fields.has("field")) {
                problems.error(fields.keyPlace("field"), "'field' does not go with '" + joins.getFirst() + "'");
            }
            return joined(fields, joins.getFirst());
        }
        fields.require("field", "\"level\"");
        Optional<String> field = field(fields);
        return field.flatMap(name -> test(fields, tests.getFirst(), name));
    }

    private Optional<String> field(Fields fields) {
        return fields.text("field").filter(name -> checkField(fields.place("field"), "field", name));
    }

    boolean checkField(GraphTree.Place place, String key, String name) {
        boolean good = name.length() <= MAX_FIELD && FIELD.matcher(name).matches();
        if (!good) {
            problems.error(
                    place,
                    "'" + key + "' must be names with dots in between, such as \"user.id\", or \"$\" for the whole"
                            + " record, not '" + Problems.clip(name, 60) + "'");
        }
        return good;
    }

    private Optional<Condition> joined(Fields fields, String join) {
        if (join.equals("not")) {
            return fields.value("not").flatMap(this::read).map(Condition.Not::new);
        }
        List<Condition> conditions = new ArrayList<>();
        List<GraphTree> items = fields.array(join).orElse(List.of());
        items.forEach(item -> read(item).ifPresent(conditions::add));
        if (fields.value(join).filter(GraphTree.Arr.class::isInstance).isPresent() && items.isEmpty()) {
            problems.error(fields.place(join), "'" + join + "' needs at least one condition");
        }
        return Optional.of(join.equals("all") ? new Condition.All(conditions) : new Condition.Any(conditions));
    }

    private Optional<Condition> test(Fields fields, String test, String field) {
        GraphTree value = fields.value(test).orElseThrow();
        return switch (test) {
            case "exists" -> {
                boolean flag = value instanceof GraphTree.Bool found && found.value();
                if (!flag) {
                    fields.wrongType(test, value, "true; use 'not' for the opposite");
                }
                yield flag ? Optional.of(new Condition.Exists(field)) : Optional.empty();
            }
            case "matches" ->
                fields.text(test)
                        .filter(regex -> pattern(fields, regex))
                        .map(regex -> new Condition.Matches(field, regex));
            case "in" -> {
                List<Value> values = new ArrayList<>();
                List<GraphTree> items = fields.array(test).orElse(List.of());
                items.forEach(item -> value(fields, test, item).ifPresent(values::add));
                yield Optional.of(new Condition.OneOf(field, values));
            }
            default -> value(fields, test, value).map(found -> new Condition.Compare(field, comparison(test), found));
        };
    }

    private boolean pattern(Fields fields, String regex) {
        try {
            if (regex.isEmpty() || regex.length() > MAX_PATTERN) {
                problems.error(fields.place("matches"), "'matches' must have 1 to " + MAX_PATTERN + " characters");
                return false;
            }
            Pattern.compile(regex);
            return true;
        } catch (PatternSyntaxException e) {
            problems.error(
                    fields.place("matches"),
                    "'matches' is no regular expression: " + e.getDescription() + " at character "
                            + (e.getIndex() + 1));
            return false;
        }
    }

    private static Comparison comparison(String test) {
        return switch (test) {
            case "equals" -> Comparison.EQUALS;
            case "notEquals" -> Comparison.NOT_EQUALS;
            case "less" -> Comparison.LESS;
            case "lessOrEqual" -> Comparison.LESS_OR_EQUAL;
            case "greater" -> Comparison.GREATER;
            default -> Comparison.GREATER_OR_EQUAL;
        };
    }

    private Optional<Value> value(Fields fields, String key, GraphTree value) {
        return switch (value) {
            case GraphTree.Text text -> Optional.of(new Value.Text(text.value()));
            case GraphTree.Num number -> Optional.of(new Value.Number(number.text()));
            case GraphTree.Bool flag -> Optional.of(new Value.Flag(flag.value()));
            default -> {
                fields.wrongType(key, value, "a string, a number, true or false");
                yield Optional.empty();
            }
        };
    }

    /** Whether a condition can be asked of records that are no JSON. */
    static boolean wholeOnly(Condition condition) {
        return switch (condition) {
            case Condition.Compare compare -> compare.field().equals(WHOLE);
            case Condition.Matches matches -> matches.field().equals(WHOLE);
            case Condition.OneOf oneOf -> oneOf.field().equals(WHOLE);
            case Condition.Exists exists -> exists.field().equals(WHOLE);
            case Condition.All all -> all.conditions().stream().allMatch(ConditionReader::wholeOnly);
            case Condition.Any any -> any.conditions().stream().allMatch(ConditionReader::wholeOnly);
            case Condition.Not not -> wholeOnly(not.condition());
        };
    }
}
