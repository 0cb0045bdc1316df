package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.Condition;
import io.stratoswarm.api.graph.Condition.Comparison;
import io.stratoswarm.api.graph.Condition.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A condition, ready to be asked of records. A field that is not there exists not and equals nothing: of the comparisons only
 * {@code notEquals} holds for it. Numbers are compared by value with numbers; all else by text, in the order of Unicode.
 */
interface Question {
    boolean holds(Subject of);

    /** A record, as a whole and with the values of its fields. */
    interface Subject {
        FieldValues fields();

        byte[] bytes();

        int start();

        int length();
    }

    /** @param fields is told which fields to find */
    static Question of(Condition condition, FieldValues fields) {
        return switch (condition) {
            case Condition.Compare it -> compare(it, Operand.of(it.field(), fields));
            case Condition.Matches it -> matches(Pattern.compile(it.regex()), Operand.of(it.field(), fields));
            case Condition.OneOf it ->
                any(it.values().stream()
                        .map(value -> compare(
                                new Condition.Compare(it.field(), Comparison.EQUALS, value),
                                Operand.of(it.field(), fields)))
                        .toList());
            case Condition.Exists it -> {
                Operand operand = Operand.of(it.field(), fields);
                yield operand::there;
            }
            case Condition.All it -> {
                Question[] all = all(it.conditions(), fields);
                yield of -> {
                    for (Question one : all) {
                        if (!one.holds(of)) {
                            return false;
                        }
                    }
                    return true;
                };
            }
            case Condition.Any it -> any(List.of(all(it.conditions(), fields)));
            case Condition.Not it -> {
                Question inner = of(it.condition(), fields);
                yield of -> !inner.holds(of);
            }
        };
    }

    private static Question[] all(List<Condition> conditions, FieldValues fields) {
        return conditions.stream().map(it -> of(it, fields)).toArray(Question[]::new);
    }

    private static Question any(List<Question> questions) {
        Question[] all = questions.toArray(Question[]::new);
        return of -> {
            for (Question one : all) {
                if (one.holds(of)) {
                    return true;
                }
            }
            return false;
        };
    }

    private static Question matches(Pattern pattern, Operand operand) {
        return of -> operand.there(of) && pattern.matcher(operand.text(of)).find();
    }

    private static Question compare(Condition.Compare condition, Operand operand) {
        Comparison how = condition.comparison();
        return switch (condition.value()) {
            case Value.Number number -> numbers(how, number.text(), operand);
            case Value.Text text -> texts(how, text.text(), operand);
            case Value.Flag flag -> texts(how, Boolean.toString(flag.flag()), operand);
        };
    }

    private static Question numbers(Comparison how, String text, Operand operand) {
        byte[] digits = text.getBytes(StandardCharsets.ISO_8859_1);
        long whole = FieldValues.whole(digits, 0, digits.length);
        BigDecimal exact = new BigDecimal(text);
        return of -> {
            if (!operand.there(of) || !operand.isNumber(of)) {
                return how == Comparison.NOT_EQUALS;
            }
            long there = operand.whole(of);
            if (there != Long.MIN_VALUE && whole != Long.MIN_VALUE) {
                return fits(how, Long.compare(there, whole));
            }
            try {
                return fits(how, operand.number(of).compareTo(exact));
            } catch (NumberFormatException tooLarge) {
                // An exponent of more than nine digits; as a binary fraction it is infinite or nothing.
                return fits(how, Double.compare(Double.parseDouble(operand.text(of)), exact.doubleValue()));
            }
        };
    }

    private static Question texts(Comparison how, String text, Operand operand) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return of -> {
            if (!operand.there(of)) {
                return how == Comparison.NOT_EQUALS;
            }
            return switch (how) {
                case EQUALS -> operand.textIs(of, utf8, text);
                case NOT_EQUALS -> !operand.textIs(of, utf8, text);
                default ->
                    fits(
                            how,
                            java.util.Arrays.compareUnsigned(operand.text(of).getBytes(StandardCharsets.UTF_8), utf8));
            };
        };
    }

    private static boolean fits(Comparison how, int order) {
        return switch (how) {
            case EQUALS -> order == 0;
            case NOT_EQUALS -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }
}
