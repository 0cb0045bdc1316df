package io.stratoswarm.scriptworker;

import java.util.ArrayList;
import java.util.List;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.jspecify.annotations.Nullable;

/** How the inputs of a script become values of its language. */
interface Inputs {
    @Nullable
    Object one(String json);

    /** All inputs of a batch as one list. */
    Object many(String[] inputs);

    /** @param made what the prelude evaluated to */
    static Inputs of(String language, Value made) {
        return language.equals("js") ? new Frozen() : new Copied(made.getArrayElement(0), made.getArrayElement(1));
    }

    /**
     * For JavaScript: views that cannot be changed. They behave as objects and arrays do, {@code JSON.stringify} included, and cost
     * half of what its own objects do, which would have to be frozen one by one.
     */
    final class Frozen implements Inputs {
        @Override
        public @Nullable Object one(String json) {
            return JsonReader.read(json);
        }

        @Override
        public Object many(String[] inputs) {
            List<@Nullable Object> all = new ArrayList<>(inputs.length);
            for (String input : inputs) {
                all.add(JsonReader.read(input));
            }
            return Views.list(all);
        }
    }

    /**
     * For Python: dictionaries and lists of its own, made anew for each call, since {@code json.dumps}, {@code isinstance} and much
     * else take nothing that only looks like them.
     */
    final class Copied implements Inputs {
        private final Value read;
        private final Value list;

        Copied(Value read, Value list) {
            this.read = read;
            this.list = list;
        }

        @Override
        public @Nullable Object one(String json) {
            // A text is the same in both worlds, and needs no way through the guest.
            if (json.startsWith("\"")) {
                return JsonReader.read(json);
            }
            try {
                return read.execute(json.strip());
            } catch (PolyglotException e) {
                if (!e.isGuestException() || e.isCancelled() || e.isResourceExhausted() || e.isExit()) {
                    throw e;
                }
                throw new JsonReader.NoJson(Failure.cut(String.valueOf(e.getMessage())));
            }
        }

        @Override
        public Object many(String[] inputs) {
            Object[] all = new Object[inputs.length];
            for (int i = 0; i < inputs.length; i++) {
                all[i] = one(inputs[i]);
            }
            return list.execute(ProxyArray.fromArray(all));
        }
    }
}
