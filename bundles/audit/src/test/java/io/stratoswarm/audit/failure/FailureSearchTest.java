package io.stratoswarm.audit.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.failure.Failures.Basis;
import io.stratoswarm.api.failure.Failures.Category;
import io.stratoswarm.api.failure.Failures.Diagnosis;
import io.stratoswarm.api.failure.Failures.Factor;
import io.stratoswarm.audit.replay.Story;
import io.stratoswarm.core.agent.AgentsPast;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Diagnoses of failures that a test knows the reason of. */
class FailureSearchTest {
    private static final RestartPolicy USUAL = RestartPolicy.DEFAULT;
    private static final int SECONDS = 60;

    @TempDir
    Path folder;

    private Story story;
    private final TestMetrics metrics = new TestMetrics();
    private final Random random = new Random(5);

    /** web depends on api, which depends on db; beside is in another graph. */
    @BeforeEach
    void open() {
        story = new Story(folder);
        story.graph("shop");
        story.node("shop", "db", 1, USUAL);
        story.node("shop", "api", 1, USUAL, "db");
        story.node("shop", "web", 1, USUAL, "api");
        story.graph("other");
        story.node("other", "beside", 1, USUAL);
        for (String agent : new String[] {"shop/db", "shop/api", "shop/web", "other/beside"}) {
            story.starts(agent, 1);
            for (String name : new String[] {"memory_resident_bytes", "open_fds", "threads"}) {
                quiet(agent, name);
            }
        }
        story.at(SECONDS);
    }

    @AfterEach
    void close() {
        story.close();
    }

    private void quiet(String agent, String name) {
        metrics.put(agent, name, Story.BEGIN, SECONDS + 10, second -> 1_000 + random.nextInt(20));
    }

    private FailureSearch search() {
        return new FailureSearch(
                story.open.journal(), story.open.past(), new AgentsPast(), () -> Optional.of(metrics), Optional::empty);
    }

    private Factor first(String target) {
        Diagnosis found = search().diagnose(target, 60_000);
        assertTrue(found.explained(), found.toString());
        return found.factors().getFirst();
    }

    @Test
    void shouldNameALeak() {
        metrics.put(
                "shop/web",
                "cgroup_memory_bytes",
                Story.BEGIN,
                SECONDS + 10,
                second -> second < 30 ? 1e7 : 1e7 * (second - 28));
        story.exits("shop/web", 1, 60_000);
        Factor factor = first("shop/web");
        assertEquals(Category.MEMORY, factor.category());
        assertEquals("shop/web", factor.subject());
        assertEquals(Basis.MEASURED, factor.basis());
        long began = (factor.timeNanos() / 1_000_000 - Story.BEGIN) / 1_000;
        assertTrue(began >= 28 && began <= 32, "it began at " + began);
    }

    @Test
    void shouldNameTheDependencyThatFailedFirst() {
        story.at(50);
        story.exits("shop/db", 1, 50_000);
        story.at(52);
        story.exits("shop/api", 1, 52_000);
        story.at(54);
        story.exits("shop/web", 1, 54_000);
        Factor factor = first("shop/web");
        assertEquals(Category.FAILURE, factor.category());
        assertEquals("shop/db", factor.subject());
    }

    @Test
    void shouldNameTheCommandThatIsARecordedCause() {
        story.at(50);
        long kill = story.event("AgentKillRequested", "agent/shop/web", "uid:1000", "\"then\":\"POLICY\"");
        story.exits("shop/web", 137, 50_000, kill);
        Factor factor = first("shop/web");
        assertEquals(Category.COMMAND, factor.category());
        assertEquals(Basis.EXACT, factor.basis());
        assertTrue(factor.what().contains("uid:1000"), factor.what());
        assertEquals(kill, factor.evidence().getFirst().sequence().orElseThrow());
    }

    @Test
    void shouldNameTheChangeAfterWhichItFails() {
        story.at(50);
        long changed = story.node("shop", "web", 2, USUAL, "api");
        story.at(51);
        story.starts("shop/web", 2, changed);
        story.exits("shop/web", 2, 100);
        Factor factor = first("shop/web");
        assertEquals(Category.CHANGE, factor.category());
        assertEquals("shop/web", factor.subject());
    }

    @Test
    void shouldSayThatNothingExplainsIt() {
        story.exits("shop/web", 1, 60_000);
        Diagnosis found = search().diagnose("shop/web", 60_000);
        assertFalse(found.explained(), found.factors().toString());
        assertTrue(search().html(found).contains("Nothing that was looked at explains it"));
    }

    @Test
    void shouldTakeTimesAndSequencesAndRefuseOthers() {
        long exit = story.exits("shop/web", 1, 60_000);
        story.at(SECONDS + 5);
        story.starts("shop/web", 2);
        FailureSearch search = search();
        assertEquals(exit, search.diagnose("#" + (exit + 1), 60_000).failure().sequence());
        String time = Instant.ofEpochMilli(story.millis.get()).toString();
        assertEquals(exit, search.diagnose(time, 60_000).failure().sequence());
        for (String wrong : new String[] {"nobody", "shop/db", "#3", "2020-01-01T00:00:00Z"}) {
            StratoswarmException e = assertThrows(StratoswarmException.class, () -> search.diagnose(wrong, 60_000));
            assertEquals(Kind.NOT_FOUND, e.kind(), wrong);
        }
    }

    @Test
    void shouldWriteAPageThatNeedsNothingElse() {
        metrics.put("shop/web", "cgroup_memory_bytes", Story.BEGIN, SECONDS + 10, second -> second < 40 ? 5 : 5_000);
        story.event(
                "AgentExited", "agent/shop/web", "system", "\"exit\":\"exit 1\",\"why\":\"<script>alert(1)</script>\"");
        FailureSearch search = search();
        String page = search.html(search.diagnose("shop/web", 60_000));
        assertTrue(page.contains("<svg"), page);
        assertFalse(page.contains("<script"), page);
        assertFalse(page.contains("http"), page);
    }
}
