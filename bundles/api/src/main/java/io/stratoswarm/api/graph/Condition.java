package io.stratoswarm.api.graph;

import java.util.List;

/** A condition on a record. A field is a path with dots into a JSON record, or {@code $} for the record as a whole. */
public sealed interface Condition {
    enum Comparison {
        EQUALS,
        NOT_EQUALS,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL
    }

    /** A value to compare with. A number is compared by value, everything else by text. */
    sealed interface Value {
        record Text(String text) implements Value {}

        /** @param text a JSON number */
        record Number(String text) implements Value {}

        record Flag(boolean flag) implements Value {}
    }

    record Compare(String field, Comparison comparison, Value value) implements Condition {}

    /** @param regex a regular expression of Java, found anywhere in the text */
    record Matches(String field, String regex) implements Condition {}

    record OneOf(String field, List<Value> values) implements Condition {
        public OneOf {
            values = List.copyOf(values);
        }
    }

    record Exists(String field) implements Condition {}

    record All(List<Condition> conditions) implements Condition {
        public All {
            conditions = List.copyOf(conditions);
        }
    }

    record Any(List<Condition> conditions) implements Condition {
        public Any {
            conditions = List.copyOf(conditions);
        }
    }

    record Not(Condition condition) implements Condition {}
}
