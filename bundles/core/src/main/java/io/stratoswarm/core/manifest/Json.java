package io.stratoswarm.core.manifest;

import java.util.List;

/** A JSON value that knows where it stands in the text. */
public sealed interface Json {
    Place place();

    /** What it is, with an article, for messages. */
    String kind();

    /** Line and column, both from 1. */
    record Place(int line, int column) {
        public static final Place NONE = new Place(0, 0);
        public static final Place START = new Place(1, 1);
    }

    record Member(Place place, String key, Json value) {}

    record Obj(Place place, List<Member> members) implements Json {
        @Override
        public String kind() {
            return "an object";
        }
    }

    record Arr(Place place, List<Json> items) implements Json {
        @Override
        public String kind() {
            return "an array";
        }
    }

    record Text(Place place, String value) implements Json {
        @Override
        public String kind() {
            return "a string";
        }
    }

    /** Kept as text: a number like 1e999999999 must never be expanded. */
    record Num(Place place, String text, boolean integer) implements Json {
        @Override
        public String kind() {
            return "the number " + Problems.clip(text, 40);
        }
    }

    record Bool(Place place, boolean value) implements Json {
        @Override
        public String kind() {
            return String.valueOf(value);
        }
    }

    record Null(Place place) implements Json {
        @Override
        public String kind() {
            return "null";
        }
    }
}
