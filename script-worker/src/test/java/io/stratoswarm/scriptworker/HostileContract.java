package io.stratoswarm.scriptworker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.core.worker.WorkerPool;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** What no script may do, whatever its language; and that another script in the same worker is not hurt by the attempt. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class HostileContract {
    private static final long WALL_MILLIS = 400;
    private static final long IMPORT_MILLIS = 20_000;
    /** Half of the attempts end at most so long after their limit: a worker that must be killed is killed within a second. */
    private static final long USUAL_MILLIS = 1_000;
    /** Every attempt does, on a busy machine too: a first call may wait 5 s for a processor. */
    private static final long BOUND_MILLIS = 8_000;

    /**
     * One attempt.
     *
     * @param expected how it may end
     * @param word of the error
     */
    record Attempt(String name, String body, List<Status> expected, String word) {}

    private final String language;

    private final List<Long> late = new ArrayList<>();

    Bench bench;
    WorkerPool.Code bystander;

    @SuppressWarnings("NullAway.Init")
    HostileContract(String language) {
        this.language = language;
    }

    abstract List<Attempt> attempts();

    static Attempt breach(String name, String word, String body) {
        return new Attempt(name, body, List.of(Status.BREACHED), word);
    }

    static Attempt thrown(String name, String word, String body) {
        return new Attempt(name, body, List.of(Status.THREW), word);
    }

    @BeforeAll
    void open() throws Exception {
        bench = new Bench(language);
        bystander = bench.function(
                "bystander", bench.js() ? "return input.a + 1" : "return input['a'] + 1", bench.within(IMPORT_MILLIS));
    }

    @AfterAll
    void close() {
        bench.close();
    }

    @TestFactory
    Stream<DynamicTest> shouldEndWithinItsLimits() {
        return attempts().stream().map(attempt -> DynamicTest.dynamicTest(attempt.name(), () -> check(attempt)));
    }

    @AfterAll
    void shouldMostlyEndRightAfterTheirLimit() {
        List<Long> sorted = late.stream().sorted().toList();
        assertTrue(
                !sorted.isEmpty() && sorted.get(sorted.size() / 2) <= USUAL_MILLIS,
                "milliseconds after the limit: " + sorted);
    }

    private void check(Attempt attempt) throws Exception {
        boolean endless = attempt.expected().equals(List.of(Status.BREACHED));
        // What ends by itself may first have to import, which is slow on a busy machine.
        ScriptLimits limits = endless ? bench.within(WALL_MILLIS) : bench.within(IMPORT_MILLIS);
        try (WorkerPool.Code hostile = bench.function("hostile", attempt.body(), limits)) {
            long began = System.nanoTime();
            ScriptOutcome outcome = Bench.call(hostile, "{\"a\":1}");
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(attempt.expected().contains(outcome.status()), outcome.toString());
            assertTrue(outcome.error().contains(attempt.word()), outcome.error());
            assertTrue(millis <= limits.wallMillis() + BOUND_MILLIS, "it took " + millis + " ms");
            if (endless) {
                late.add(millis - WALL_MILLIS);
            }
            ScriptOutcome other = Bench.call(bystander, "{\"a\":41}");
            assertEquals(Status.OK, other.status(), other.toString());
            assertEquals("42", other.output());
        }
    }

    @Test
    void shouldEndAScriptThatLoopsWhileItIsLoaded() throws Exception {
        String loop = bench.js() ? "while (true);" : "while True:\n    pass";
        var rejected = bench.answer("loading", loop, bench.within(1), false);
        assertTrue(
                rejected instanceof WorkerPool.Load.Rejected it
                        && (it.message().contains("wallMillis") || it.message().contains("statements")),
                rejected.toString());
    }
}
