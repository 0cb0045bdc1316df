package io.stratoswarm.scriptworker;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** One script in its context. Used by its own thread, but for {@link #kill()}. */
final class Guest {
    /** Has every kind of value, so that what is needed for each is there when it is read and written. */
    private static final String SAMPLE = "{\"list\":[1,2.5,\"text\",true,null],\"map\":{\"key\":-1}}";

    private final Context context;
    private final AtomicBoolean limited;
    private final Inputs inputs;
    private final Code code;
    private final JsonText output;
    private @Nullable Value function;

    /** @param limited becomes true when the engine ends the context since it ran too many statements */
    Guest(Context context, Code code, String language, Value prelude, AtomicBoolean limited) {
        this.limited = limited;
        this.context = context;
        this.code = code;
        inputs = Inputs.of(language, prelude);
        output = new JsonText(code.limits().outputBytes(), language.equals("js"));
    }

    /** Null where the script was evaluated and defines its function; else what is missing. */
    @Nullable
    String evaluate(Source source) {
        context.eval(source);
        Value defined = context.getBindings(source.getLanguage()).getMember(code.function());
        if (defined == null || !defined.canExecute()) {
            return "it defines no function '" + code.function() + "'";
        }
        function = defined;
        return null;
    }

    /**
     * What the first call of a context would otherwise load: the way of an input in, and of an output out. The script's own function
     * is not called, since that may do something.
     */
    void warm() {
        String written = output.text(context.asValue(inputs.one(SAMPLE)), "output");
        String[] texts = output.texts(context.asValue(inputs.many(new String[] {SAMPLE, "\"text\""})), 2);
        if (!written.equals(SAMPLE) || !texts[0].equals(SAMPLE)) {
            throw new IllegalStateException("the runtime gave " + written + " for " + SAMPLE);
        }
    }

    void resetLimits() {
        context.resetLimits();
    }

    /** The output as JSON. */
    String call(String json) {
        return output.text(defined().execute(inputs.one(json)), "output");
    }

    /** The function is given all inputs in one list; an output for each. */
    String[] callBatch(String[] batch) {
        return output.texts(defined().execute(inputs.many(batch)), batch.length);
    }

    private Value defined() {
        return Objects.requireNonNull(function, "called before it was evaluated");
    }

    /**
     * What really ended a call. A context that is ended by a limit in the middle of its runtime's own work may leave it with a failure
     * of that work, such as a lock that is not held; the context itself still knows.
     */
    Throwable cause(Throwable failure) {
        boolean guests = failure instanceof PolyglotException guest && !guest.isInternalError();
        if (guests || failure instanceof Error) {
            return failure;
        }
        if (limited.get()) {
            return new LimitReached();
        }
        if (failure instanceof PolyglotException) {
            return failure;
        }
        try {
            context.enter();
            context.leave();
            return failure;
        } catch (PolyglotException ended) {
            return ended.isCancelled() || ended.isResourceExhausted() ? ended : failure;
        } catch (IllegalStateException closed) {
            // It was closed from outside, which whoever did it answers for.
            return failure;
        }
    }

    /** Its engine has ended it since it ran too many statements. */
    static final class LimitReached extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** From any thread; ends what runs. */
    void kill() {
        context.close(true);
    }
}
