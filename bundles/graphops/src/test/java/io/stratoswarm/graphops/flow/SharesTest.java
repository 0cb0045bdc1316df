package io.stratoswarm.graphops.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.Graphs.Member;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who gets a record while receivers share their slots. */
class SharesTest {
    private static final int RECORDS = 20_000;
    private static final int MOST = 4;

    private static Target target(String node, int number, int slot, int share) {
        String agent = "g/" + node + "." + number;
        return Target.of(
                new Port(agent, "stdin", false),
                new End(node, "stdin"),
                new Member(number, agent, slot, false, share, false));
    }

    private static Records record(String text) {
        Records records = new Records(16);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        records.add(bytes, 0, bytes.length, 0);
        return records;
    }

    private static Router router(Routing routing, Target... targets) {
        return Router.of(Rig.lines("f", routing), List.of(targets));
    }

    /** How many records each receiver gets of those that go to one. */
    private static int[] counts(Router router) {
        int[] counts = new int[MOST];
        for (int i = 0; i < RECORDS; i++) {
            counts[router.route(record("{\"k\":\"key " + i + "\"}"), 0, i, new long[MOST])]++;
        }
        return counts;
    }

    private static void assertAbout(int wanted, int count) {
        assertTrue(Math.abs(count - wanted) < RECORDS / 50, count + " instead of about " + wanted);
    }

    @Test
    void shouldGiveTheLatestOfASlotItsShareAndTheOthersTheRest() {
        for (Routing routing : List.of(new Routing.RoundRobin(), new Routing.LeastLoaded(), new Routing.KeyHash("k"))) {
            int[] counts = counts(router(
                    routing, target("b", 0, 0, Member.ALL), target("b", 1, 1, Member.ALL), target("b", 2, 0, 300)));
            assertAbout(RECORDS / 2, counts[1]);
            assertAbout(RECORDS * 3 / 20, counts[2]);
            assertAbout(RECORDS * 7 / 20, counts[0]);
        }
    }

    @Test
    void shouldPassOverSlotsThatTakeNothingAndWaitWhereNoneDoes() {
        for (Routing routing : List.of(
                new Routing.Copy(), new Routing.RoundRobin(), new Routing.LeastLoaded(), new Routing.KeyHash("k"))) {
            Router one = router(routing, target("b", 0, 0, 0), target("b", 1, 1, Member.ALL), target("b", 2, 2, 0));
            assertEquals(RECORDS, counts(one)[1]);
            Router none = router(routing, target("b", 0, 0, 0), target("b", 1, 1, 0));
            assertEquals(Router.WAIT, none.route(record("{\"k\":1}"), 0, 0, new long[2]));
        }
        int[] counts = counts(router(new Routing.RoundRobin(), target("b", 0, 0, 500), target("b", 1, 1, Member.ALL)));
        assertAbout(RECORDS / 4, counts[0]);
    }

    @Test
    void shouldCopyToOneOfEverySlot() {
        Router router = router(
                new Routing.Copy(),
                target("b", 0, 0, Member.ALL),
                target("b", 3, 0, 250),
                target("c", 0, 0, Member.ALL));
        int latest = 0;
        for (int i = 0; i < RECORDS; i++) {
            assertEquals(Router.SOME, router.route(record("x"), 0, i, new long[3]));
            assertEquals(2, router.count());
            latest += router.some()[0] == 1 ? 1 : 0;
            assertTrue(router.some()[0] < 2);
            assertEquals(2, router.some()[1]);
        }
        assertAbout(RECORDS / 4, latest);
        Router closed = router(
                new Routing.Copy(), target("b", 0, 0, Member.ALL), target("b", 1, 1, 0), target("c", 0, 0, Member.ALL));
        assertEquals(Router.SOME, closed.route(record("x"), 0, 0, new long[3]));
        assertEquals("[0, 2]", Arrays.toString(closed.some()));
        assertEquals(2, closed.count());
    }

    @Test
    void shouldMoveEachKeyOnceWhileAShareGrowsAndNoOther() {
        Routing byKey = new Routing.KeyHash("k");
        int[] shares = {0, 1, 50, 250, 500, 900, 999, Member.ALL};
        int[][] to = new int[shares.length][RECORDS];
        for (int s = 0; s < shares.length; s++) {
            Router router = router(
                    byKey, target("b", 0, 0, Member.ALL), target("b", 1, 1, Member.ALL), target("b", 2, 1, shares[s]));
            for (int i = 0; i < RECORDS; i++) {
                Records one = record("{\"k\":\"key " + i + "\"}");
                to[s][i] = router.route(one, 0, 31L * i + s, new long[3]);
                assertEquals(to[s][i], router.route(one, 0, 7, new long[3]), "whatever its turn");
            }
        }
        for (int i = 0; i < RECORDS; i++) {
            for (int s = 1; s < shares.length; s++) {
                if (to[s - 1][i] != to[s][i]) {
                    assertEquals(1, to[s - 1][i], "from the one that is replaced");
                    assertEquals(2, to[s][i], "to the one that replaces it");
                }
            }
            assertTrue(to[0][i] != 2 && to[shares.length - 1][i] != 1);
        }
        Router replaced = router(byKey, target("b", 0, 0, Member.ALL), target("b", 2, 1, Member.ALL));
        for (int i = 0; i < RECORDS; i++) {
            int receiver = replaced.route(record("{\"k\":\"key " + i + "\"}"), 0, i, new long[2]);
            assertEquals(to[0][i], receiver, "the slots have the keys that they had");
        }
    }

    @Test
    void shouldShareWithinTheCaseThatHolds() {
        Routing cases = new Routing.Predicate(List.of(
                new FlowSpec.Case(
                        new End("c", "stdin"), Optional.of(new io.stratoswarm.api.graph.Condition.Exists("c"))),
                new FlowSpec.Case(new End("b", "stdin"), Optional.empty())));
        Router router = router(
                cases,
                target("b", 0, 0, Member.ALL),
                target("b", 1, 0, 400),
                target("c", 0, 0, 0),
                target("never", 0, 0, Member.ALL));
        int[] counts = counts(router);
        assertAbout(RECORDS * 4 / 10, counts[1]);
        assertEquals(RECORDS, counts[0] + counts[1]);
        assertEquals(Router.WAIT, router.route(record("{\"c\":1}"), 0, 0, new long[4]), "its target is not open");
        assertEquals(Router.NONE, router.route(record("{"), 0, 0, new long[4]));
        IntStream.range(0, MOST)
                .forEach(it -> assertEquals(
                        Router.NONE,
                        router(
                                        new Routing.Predicate(List.of(new FlowSpec.Case(
                                                new End("b", "stdin"),
                                                Optional.of(new io.stratoswarm.api.graph.Condition.Exists("z"))))),
                                        target("b", 0, 0, Member.ALL),
                                        target("b", 1, 0, 100 * it))
                                .route(record("{}"), 0, it, new long[2])));
    }
}
