package io.stratoswarm.scriptworker;

import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.graalvm.polyglot.proxy.ProxyObject;
import org.jspecify.annotations.Nullable;

/** How maps and lists of the input look to JavaScript: as its own kind of object, but without a way to change them. */
interface Views {
    /** In the messages of guests, which must not repeat all of it. */
    String NAME = "the input of a script, which cannot be changed; copy it first";

    static Object map(Map<String, @Nullable Object> entries) {
        return new Fields(entries);
    }

    static Object list(List<@Nullable Object> entries) {
        return new Elements(entries);
    }

    private static UnsupportedOperationException refusal() {
        return new UnsupportedOperationException("the input of a script cannot be changed; copy it first");
    }

    /** A list. */
    record Elements(List<@Nullable Object> entries) implements ProxyArray {
        @Override
        public String toString() {
            return NAME;
        }

        @Override
        public @Nullable Object get(long index) {
            return entries.get((int) index);
        }

        @Override
        public void set(long index, Value value) {
            throw refusal();
        }

        @Override
        public long getSize() {
            return entries.size();
        }
    }

    /** An object of JavaScript. */
    record Fields(Map<String, @Nullable Object> entries) implements ProxyObject {
        @Override
        public String toString() {
            return NAME;
        }

        @Override
        public @Nullable Object getMember(String key) {
            return entries.get(key);
        }

        @Override
        public Object getMemberKeys() {
            return ProxyArray.fromArray(entries.keySet().toArray());
        }

        @Override
        public boolean hasMember(String key) {
            return entries.containsKey(key);
        }

        @Override
        public void putMember(String key, Value value) {
            throw refusal();
        }
    }
}
