package io.stratoswarm.scriptworker;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** One script in its context. Used by its own thread, but for {@link #kill()}. */
final class Guest {
    private final Context context;
    private final Views views;
    private final Code code;
    private final JsonText output;
    private @Nullable Value function;

    Guest(Context context, Code code, String language) {
        this.context = context;
        this.code = code;
        views = language.equals("js") ? new Views.Members() : new Views.Dictionaries();
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
        return output.text(defined().execute(JsonReader.read(json, views)), "output");
    }

    /** The function is given all inputs in one list; an output for each. */
    String[] callBatch(String[] inputs) {
        List<@Nullable Object> all = new ArrayList<>(inputs.length);
        for (String input : inputs) {
            all.add(JsonReader.read(input, views));
        }
        return output.texts(defined().execute(views.list(all)), inputs.length);
    }

    private Value defined() {
        return Objects.requireNonNull(function, "called before it was evaluated");
    }

    /** From any thread; ends what runs. */
    void kill() {
        context.close(true);
    }
}
