package io.stratoswarm.scriptworker;

import java.math.BigInteger;
import org.graalvm.polyglot.Value;

/**
 * Copies what a guest returned into JSON text, deep and bounded, before its context may close. What JSON cannot hold is refused by
 * the name of the field. Hash entries come before members, and so do arrays and iterators, since a value may be several of these.
 */
final class JsonText {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_INTEGER_BITS = 4096;

    /** The output is none. */
    static final class Unfit extends RuntimeException {
        private final boolean breach;
        private final String reason;

        Unfit(String reason, boolean breach) {
            super(reason, null, false, false);
            this.reason = reason;
            this.breach = breach;
        }

        String reason() {
            return reason;
        }

        boolean breach() {
            return breach;
        }
    }

    private final int limit;
    /** What has members in Python has methods; only in JavaScript they are data. */
    private final boolean membersAreData;

    private final StringBuilder out = new StringBuilder();
    /** Names and indices on the way to the present value. */
    private final Object[] path = new Object[MAX_DEPTH + 1];

    private String root = "output";
    private int depth;

    JsonText(int limit, boolean membersAreData) {
        this.limit = limit;
        this.membersAreData = membersAreData;
    }

    String text(Value value, String name) {
        begin(name);
        write(value);
        return out.toString();
    }

    /** One text for each element of a list that must have so many. */
    String[] texts(Value list, int count) {
        begin("output");
        if (!list.hasArrayElements() || list.isString()) {
            throw unfit("is not a list; a batch of " + count + " inputs needs a list of as many outputs");
        }
        if (list.getArraySize() != count) {
            throw unfit("has " + list.getArraySize() + " elements for " + count + " inputs");
        }
        String[] texts = new String[count];
        for (int i = 0; i < count; i++) {
            begin("output[" + i + "]");
            write(list.getArrayElement(i));
            texts[i] = out.toString();
        }
        return texts;
    }

    private void begin(String name) {
        root = name;
        depth = 0;
        out.setLength(0);
    }

    private void write(Value value) {
        if (value.isString()) {
            string(value.asString());
        } else if (value.isNumber()) {
            number(value);
        } else if (value.isBoolean()) {
            out.append(value.asBoolean());
        } else if (value.isNull()) {
            out.append("null");
        } else {
            compound(value);
        }
        if (out.length() > limit) {
            throw new Unfit("outputBytes: the output is longer than " + limit + " bytes", true);
        }
    }

    private void compound(Value value) {
        if (value.isInstant()) {
            string(value.asInstant().toString());
        } else if (value.hasHashEntries()) {
            nested(value, this::entries);
        } else if (value.hasBufferElements()) {
            throw unfit("is " + kind(value));
        } else if (value.hasArrayElements()) {
            nested(value, this::elements);
        } else if (value.hasIterator() || value.isIterator()) {
            nested(value, this::iterated);
        } else if (value.canExecute() || value.canInstantiate()) {
            throw unfit("is a function");
        } else if (plain(value)) {
            nested(value, this::members);
        } else {
            throw unfit("is " + kind(value));
        }
    }

    private boolean plain(Value value) {
        if (!membersAreData || !value.hasMembers() || value.isMetaObject()) {
            return false;
        }
        Value meta = value.getMetaObject();
        String name = meta == null ? "" : meta.getMetaSimpleName();
        return !name.equals("Promise");
    }

    private static String kind(Value value) {
        Value meta = value.getMetaObject();
        String name = meta == null ? "a value" : meta.getMetaSimpleName();
        return "a value of type " + name + ", which JSON does not have";
    }

    /** Writes what is in a value. */
    private interface Content {
        void write(Value value);
    }

    private void nested(Value value, Content content) {
        if (depth == MAX_DEPTH) {
            throw unfit("is nested deeper than " + MAX_DEPTH + ", or holds itself");
        }
        depth++;
        content.write(value);
        depth--;
    }

    private void entries(Value map) {
        out.append('{');
        int start = out.length();
        Value entries = map.getHashEntriesIterator();
        while (entries.hasIteratorNextElement()) {
            Value entry = entries.getIteratorNextElement();
            Value key = entry.getArrayElement(0);
            if (!key.isString() && !(key.isNumber() && key.fitsInLong())) {
                path[depth - 1] = "[" + key + "]";
                throw unfit("has a key that is no text");
            }
            String name = key.isString() ? key.asString() : Long.toString(key.asLong());
            comma(start);
            path[depth - 1] = name;
            string(name);
            out.append(':');
            write(entry.getArrayElement(1));
        }
        out.append('}');
    }

    private void elements(Value array) {
        out.append('[');
        long size = array.getArraySize();
        for (long i = 0; i < size; i++) {
            if (i > 0) {
                out.append(',');
            }
            path[depth - 1] = i;
            write(array.getArrayElement(i));
        }
        out.append(']');
    }

    private void iterated(Value iterable) {
        out.append('[');
        int start = out.length();
        Value iterator = iterable.isIterator() ? iterable : iterable.getIterator();
        for (long i = 0; iterator.hasIteratorNextElement(); i++) {
            comma(start);
            path[depth - 1] = i;
            write(iterator.getIteratorNextElement());
        }
        out.append(']');
    }

    private void members(Value object) {
        out.append('{');
        int start = out.length();
        for (String name : object.getMemberKeys()) {
            Value member = object.getMember(name);
            if (member == null || member.isNull() && member.toString().equals("undefined")) {
                continue;
            }
            comma(start);
            path[depth - 1] = name;
            string(name);
            out.append(':');
            write(member);
        }
        out.append('}');
    }

    private void comma(int start) {
        if (out.length() > start) {
            out.append(',');
        }
    }

    private void number(Value value) {
        if (value.fitsInLong()) {
            out.append(value.asLong());
        } else if (value.fitsInDouble()) {
            double number = value.asDouble();
            if (Double.isNaN(number) || Double.isInfinite(number)) {
                throw unfit("is " + number + ", which JSON does not have");
            }
            out.append(number);
        } else {
            BigInteger number = value.asBigInteger();
            if (number.bitLength() > MAX_INTEGER_BITS) {
                throw unfit("is an integer of more than " + MAX_INTEGER_BITS + " bits");
            }
            out.append(number);
        }
    }

    private void string(String text) {
        if (text.length() > limit) {
            throw new Unfit("outputBytes: the output is longer than " + limit + " bytes", true);
        }
        out.append('"');
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c)) {
                out.append(text, from, i);
                from = i + 1;
                if (Character.isHighSurrogate(c)
                        && from < text.length()
                        && Character.isLowSurrogate(text.charAt(from))) {
                    out.append(c).append(text.charAt(from));
                    i++;
                    from++;
                } else {
                    escape(c);
                }
            }
        }
        out.append(text, from, text.length()).append('"');
    }

    private void escape(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> out.append(String.format("\\u%04x", (int) c));
        }
    }

    private Unfit unfit(String what) {
        StringBuilder text = new StringBuilder(root);
        for (int i = 0; i < depth; i++) {
            Object step = path[i];
            if (step instanceof Long index) {
                text.append('[').append(index).append(']');
            } else if (step != null) {
                text.append('.').append(step);
            }
        }
        return new Unfit(Failure.cut(text + " " + what), false);
    }
}
