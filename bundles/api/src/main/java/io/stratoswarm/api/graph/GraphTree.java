package io.stratoswarm.api.graph;

import java.util.List;

/**
 * A manifest as a tree of values that know where they stand in the text they came from. It has the shape of the JSON form,
 * whatever the syntax was; so all checks of meaning are made once, on it.
 */
public sealed interface GraphTree {
    Place place();

    /** What it is, with an article, for messages. */
    String kind();

    /** A place in a text; line and column are from 1, or 0 where it has none. */
    record Place(String file, int line, int column) {}

    /** A key with its value. */
    record Member(Place place, String key, GraphTree value) {}

    /** Members in the order of the text, no key twice. */
    record Obj(Place place, List<Member> members) implements GraphTree {
        public Obj {
            members = List.copyOf(members);
        }

        @Override
        public String kind() {
            return "an object";
        }
    }

    record Arr(Place place, List<GraphTree> items) implements GraphTree {
        public Arr {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "an array";
        }
    }

    record Text(Place place, String value) implements GraphTree {
        @Override
        public String kind() {
            return "a string";
        }
    }

    /** Kept as text, in the form of JSON: a number like 1e999999999 must never be expanded. */
    record Num(Place place, String text, boolean integer) implements GraphTree {
        private static final int SHOWN = 40;

        @Override
        public String kind() {
            return "the number " + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text);
        }
    }

    record Bool(Place place, boolean value) implements GraphTree {
        @Override
        public String kind() {
            return String.valueOf(value);
        }
    }

    record Null(Place place) implements GraphTree {
        @Override
        public String kind() {
            return "null";
        }
    }
}
