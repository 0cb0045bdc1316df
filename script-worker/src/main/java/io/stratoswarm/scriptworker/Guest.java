package io.stratoswarm.scriptworker;

import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** One script in its context. Used by its own thread, but for {@link #kill()}. */
final class Guest {
    private final Context context;
    private final Value caller;
    private final Code code;
    private final JsonText output;
    private @Nullable Value function;

    Guest(Context context, Value caller, Code code, String language) {
        this.context = context;
        this.caller = caller;
        this.code = code;
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

    void resetLimits() {
        context.resetLimits();
    }

    /** The output as JSON. */
    String call(String json) {
        return output.text(caller.execute(function, json), "output");
    }

    /** The function is given all inputs in one list; an output for each. */
    String[] callBatch(String[] inputs) {
        Value list = caller.execute(function, "[" + String.join(",", inputs) + "]");
        return output.texts(list, inputs.length);
    }

    /** From any thread; ends what runs. */
    void kill() {
        context.close(true);
    }
}
