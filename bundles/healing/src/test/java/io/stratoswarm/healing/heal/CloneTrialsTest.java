package io.stratoswarm.healing.heal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.healing.Healing.CloneTrial;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.core.manifest.ManifestParser;
import io.stratoswarm.healing.strategy.LearnedFold;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CloneTrialsTest {
    private static final String GRAPH =
            "{'name':'g','nodes':[{'id':'web','command':['w'],'labels':{'healing.clone':'yes'}},"
                    + "{'id':'break','lifecycle':'manual','command':['b'],'labels':{'healing.fault':'random-crash'}}]}";

    @TempDir
    Path folder;

    private HealingRig rig;

    @BeforeEach
    void open() {
        rig = new HealingRig(folder);
        rig.graphs.apply("g", nodes(GRAPH));
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private static List<NodeSpec> nodes(String graph) {
        return ManifestParser.parse("g.json", graph.replace('\'', '"'))
                .manifest()
                .orElseThrow()
                .nodes();
    }

    private void patience(long millis) {
        Settings usual = Settings.DEFAULT;
        rig.settings = new Settings(
                usual.mode(),
                usual.approved(),
                usual.confidence(),
                millis,
                100,
                usual.rate(),
                usual.perAgent(),
                usual.perHour(),
                usual.alarmMillis(),
                usual.alarmConfidence(),
                usual.illShare(),
                usual.illMost());
    }

    private long begin() {
        return rig.book().tryOnClone("random-crash", Optional.empty(), "test");
    }

    private CloneTrial trial() {
        return rig.book().clones(Optional.of("random-crash")).getFirst();
    }

    @Test
    void shouldMeasureWaysToChooseAndLearnNothingElse() throws Exception {
        patience(400);
        rig.jobs.add(job -> rig.fails(job.replace("healing-fault", "web")));
        byte[] before = rig.journal.projections().state(LearnedFold.ID);
        long number = begin();
        assertThrows(StratoswarmException.class, this::begin, "there is one at a time");
        assertTrue(HealingRig.soon(() -> !trial().open()));
        CloneTrial trial = trial();
        assertEquals(number, trial.number());
        assertEquals("", trial.why());
        assertEquals(
                List.of("learned", "wait"),
                trial.tried().stream().map(each -> each.way()).toList());
        assertEquals("restart", trial.tried().getFirst().act());
        assertTrue(trial.tried().getFirst().reward().orElse(0) > 0.9, trial.toString());
        assertEquals(OptionalDouble.of(0), trial.tried().getLast().reward(), "its policy has given up");
        assertEquals(List.of(Clone.graph(number) + "/web"), rig.restarted, "the agent itself is left alone");
        assertEquals(Set.of("g"), rig.graphs.all.keySet());
        rig.hear();
        rig.step();
        assertEquals(
                List.of(),
                rig.journal.journal().read(EventQuery.all().type(LearnedFold.CLASSIFIED)),
                "that a clone fails is no case");
        assertArrayEquals(before, rig.journal.projections().state(LearnedFold.ID));
    }

    @Test
    void shouldGiveOneThatHangsTheTimesOfItsProbeAndOfItsStop() throws Exception {
        rig.graphs.apply(
                "g",
                nodes(GRAPH.replace(
                        "'command':['w']",
                        "'command':['w'],'stop':{'grace':'20s'},'liveness':{'exec':{'command':['t']},'interval':'100ms',"
                                + "'timeout':'1s','failureThreshold':20}")));
        patience(100);
        rig.jobs.add(job -> {
            String web = job.replace("healing-fault", "web");
            // Each of the two takes longer than patience and the first probe together.
            CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS).execute(() -> rig.probed(web, false));
            CompletableFuture.delayedExecutor(1_000, TimeUnit.MILLISECONDS).execute(() -> rig.probed(web, true));
        });
        begin();
        assertTrue(HealingRig.soon(() -> !trial().open()));
        assertEquals("", trial().why());
        assertTrue(trial().tried().getLast().reward().orElse(0) > 0.9, trial().toString());
    }

    @Test
    void shouldRemoveWhatTheEndOfTheDaemonLeft() throws Exception {
        AgentSpec own = AgentSpec.of(List.of("x"));
        rig.graphs.apply("healing-clone-987654", List.of(new NodeSpec("mine", own, 1, List.of())));
        patience(30_000);
        long number = begin();
        assertTrue(HealingRig.soon(() -> rig.graphs.all.containsKey(Clone.graph(number))));
        rig.restart();
        assertTrue(trial().open(), "nothing is known of it");
        assertTrue(rig.graphs.all.containsKey(Clone.graph(number)));
        rig.step();
        assertTrue(HealingRig.soon(() -> !trial().open()));
        assertTrue(trial().why().contains("cut off by the end of the daemon"), trial().why());
        assertEquals(Set.of("g", "healing-clone-987654"), rig.graphs.all.keySet(), "what is somebody's stays");
    }

    @Test
    void shouldSayWhyATrialCameToNothing() throws Exception {
        patience(200);
        begin();
        assertTrue(HealingRig.soon(() -> !trial().open()));
        assertEquals("the clone did not fail within 0.2 s of its fault", trial().why());
        assertEquals(List.of(), trial().tried());
        assertEquals(Set.of("g"), rig.graphs.all.keySet());
    }
}
