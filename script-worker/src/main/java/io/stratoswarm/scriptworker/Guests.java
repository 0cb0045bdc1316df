package io.stratoswarm.scriptworker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Language;
import org.graalvm.polyglot.ResourceLimits;
import org.graalvm.polyglot.SandboxPolicy;
import org.graalvm.polyglot.Source;

/**
 * Makes contexts of one language on one engine, all with the same access: none. The policy CONSTRAINED has the polyglot runtime
 * itself refuse a context that could read files, start threads or processes, load classes, or see the environment.
 */
final class Guests {
    private static final SandboxPolicy POLICY = SandboxPolicy.CONSTRAINED;
    private static final HostAccess ACCESS = HostAccess.CONSTRAINED;
    private static final long WARM_UP_STATEMENTS = 1_000_000;
    private static final long WARM_UP_MILLIS = 60_000;

    private final String language;
    private final Engine engine;
    private final Source prelude;

    Guests(String language) {
        this.language = language;
        engine = Engine.newBuilder(language)
                .sandbox(POLICY)
                .in(InputStream.nullInputStream())
                .out(OutputStream.nullOutputStream())
                .err(OutputStream.nullOutputStream())
                .build();
        prelude = prelude(language);
    }

    private static Source prelude(String language) {
        String name = "prelude." + (language.equals("python") ? "py" : language);
        try (InputStream in = Guests.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no scripts are run in the language " + language);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Source.newBuilder(language, text, name).internal(true).buildLiteral();
        } catch (IOException e) {
            throw new IllegalStateException("the resource " + name + " cannot be read", e);
        }
    }

    boolean optimised() {
        return !engine.getImplementationName().contains("Interpreted");
    }

    String runtime() {
        Language found = Objects.requireNonNull(engine.getLanguages().get(language));
        return found.getImplementationName() + " " + found.getVersion() + " on " + engine.getImplementationName();
    }

    /** Runs a first script, so that the first one that matters need not wait for what is loaded then. */
    void warmUp() {
        Limits limits = new Limits(WARM_UP_MILLIS, WARM_UP_STATEMENTS, 1 << 20, 1 << 20);
        String text = language.equals("python")
                ? "def same(value):\n    return value\n"
                : "function same(value) { return value; }";
        Code code = new Code(0, "warm-up", "warm-up", "same", false, limits, text);
        Guest guest = open(code, new Lines(1 << 20, new Meter()));
        String missing = guest.evaluate(source(code));
        if (missing != null) {
            throw new IllegalStateException("the runtime does not run a script: " + missing);
        }
        guest.warm();
        guest.call("{}");
        guest.kill();
    }

    Source source(Code code) {
        return Source.newBuilder(language, code.source(), code.file()).buildLiteral();
    }

    Guest open(Code code, Lines lines) {
        AtomicBoolean limited = new AtomicBoolean();
        Context context = context(code.limits().statements(), lines, limited);
        try {
            return new Guest(context, code, language, context.eval(prelude), limited);
        } catch (RuntimeException | Error e) {
            context.close(true);
            throw e;
        }
    }

    private Context context(long statements, OutputStream lines, AtomicBoolean limited) {
        return Context.newBuilder(language)
                .engine(engine)
                .sandbox(POLICY)
                .allowHostAccess(ACCESS)
                .in(InputStream.nullInputStream())
                .out(lines)
                .err(lines)
                .resourceLimits(ResourceLimits.newBuilder()
                        .statementLimit(statements, source -> !source.isInternal())
                        .onLimit(event -> limited.set(true))
                        .build())
                .build();
    }
}
