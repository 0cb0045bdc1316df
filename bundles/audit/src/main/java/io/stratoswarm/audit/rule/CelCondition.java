package io.stratoswarm.audit.rule;

import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A condition in CEL (the Common Expression Language, cel.dev), compiled. What it may name is given at compile time, so that a misspelt
 * name is an error with a place and not a condition that is never true. Immutable; may be tested from any thread.
 */
public final class CelCondition {
    /** No condition of ours needs more steps within all and exists; one that does is ended with an error. */
    private static final int MAX_ITERATIONS = 100_000;

    private static final int MAX_CODE_POINTS = 10_000;
    private static final CelOptions OPTIONS = CelOptions.current()
            .comprehensionMaxIterations(MAX_ITERATIONS)
            .maxExpressionCodePointSize(MAX_CODE_POINTS)
            // JSON has one kind of number, and a reader of rules should not have to know which one a value was written
            // as.
            .enableHeterogeneousNumericComparisons(true)
            .build();

    /** What is wrong with a text: line and column from 1, within the text. */
    public record Problem(int line, int column, String message) {
        @Override
        public String toString() {
            return line + ":" + column + ": " + message;
        }
    }

    /** A text that is no condition, with every problem of it. */
    public static final class Invalid extends Exception {
        private static final long serialVersionUID = 1;
        private final transient List<Problem> problems;

        Invalid(List<Problem> problems) {
            super(problems.getFirst().toString());
            this.problems = List.copyOf(problems);
        }

        public List<Problem> problems() {
            return problems;
        }
    }

    private final String text;
    private final CelRuntime.Program program;

    private CelCondition(String text, CelRuntime.Program program) {
        this.text = text;
        this.program = program;
    }

    /**
     * Compiles a condition.
     *
     * @param names what it may use; each is a map with any values, but {@code now}, which is a timestamp
     * @throws Invalid where it cannot be parsed, names something else, or can give no truth value
     */
    public static CelCondition compile(String text, Set<String> names) throws Invalid {
        return compile(text, names, SimpleType.BOOL);
    }

    /** As {@link #compile(String, Set)}, for a text that gives a string; {@link #text(Map)} evaluates it. */
    static CelCondition compileText(String text, Set<String> names) throws Invalid {
        return compile(text, names, SimpleType.STRING);
    }

    private static CelCondition compile(String text, Set<String> names, CelType result) throws Invalid {
        CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .setResultType(result);
        CelType map = MapType.create(SimpleType.STRING, SimpleType.DYN);
        for (String name : names) {
            builder.addVar(name, name.equals("now") ? SimpleType.TIMESTAMP : map);
        }
        CelCompiler compiler = builder.build();
        CelValidationResult checked = compiler.compile(text);
        try {
            if (checked.hasError()) {
                throw new Invalid(
                        checked.getErrors().stream().map(CelCondition::problem).toList());
            }
            CelRuntime runtime = CelRuntimeFactory.standardCelRuntimeBuilder()
                    .setOptions(OPTIONS)
                    .build();
            return new CelCondition(text, runtime.createProgram(checked.getAst()));
        } catch (dev.cel.common.CelValidationException | CelEvaluationException e) {
            throw new Invalid(List.of(new Problem(1, 1, String.valueOf(e.getMessage()))));
        }
    }

    private static Problem problem(CelIssue issue) {
        CelSourceLocation at = issue.getSourceLocation();
        // A column of CEL counts from 0, and is negative where the expression as a whole is meant.
        return new Problem(
                Math.max(1, at.getLine()),
                Math.max(1, at.getColumn() + 1),
                issue.getMessage().strip());
    }

    /**
     * Whether it holds.
     *
     * @param values a value for each name that was given to {@link #compile}; see {@link CelView}
     * @throws StratoswarmException kind INVALID where it cannot be said, for example for a key that is not there: test keys by
     *     {@code has(event.payload.code)}
     */
    public boolean test(Map<String, ?> values) {
        return result(values, Boolean.class, "true or false");
    }

    String text(Map<String, ?> values) {
        return result(values, String.class, "a text");
    }

    private <T> T result(Map<String, ?> values, Class<T> type, String what) {
        Object value = evaluate(values);
        if (!type.isInstance(value)) {
            throw new StratoswarmException(
                    Kind.INVALID, "the condition '" + text + "' gives '" + value + "', and not " + what);
        }
        return type.cast(value);
    }

    private Object evaluate(Map<String, ?> values) {
        try {
            return program.eval(values);
        } catch (CelEvaluationException | RuntimeException e) {
            throw new StratoswarmException(
                    Kind.INVALID, "the condition '" + text + "' could not be evaluated: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
