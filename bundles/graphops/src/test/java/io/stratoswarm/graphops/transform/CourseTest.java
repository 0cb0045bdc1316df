package io.stratoswarm.graphops.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.graphops.transform.Stage.Wait;
import io.stratoswarm.graphops.transform.Stage.Who;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Stages, and what holds at each of them whatever is asked for. */
class CourseTest {
    private static final String NEW = "graph x { node mid { run mid\n label state = none } }";

    private static final String LONG = """
            graph shop {
              node gen { run gen }
              node a { run a
                label state = none }
              node b { run b
                label state = none }
              node c { run c
                label state = none }
              node keep { run keep }
              flow gen -> a { data json }
              flow a -> b { data json }
              flow b -> c { data json }
              flow c -> keep { data json }
            }
            """;

    private static List<String> names(Course course) {
        return course.stages().stream().map(Stage::name).toList();
    }

    private static Stage stage(Course course, String name) {
        return course.stages().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Course checked(
            String text, String kind, Map<String, String> arguments, String fragment, Integer... steps) {
        Graphs.Declaration graph = Shops.graph(text);
        Target target = Shops.target(graph, kind, arguments, fragment);
        Course course = Shops.course(graph, target, kind.equals("replace") ? target.renewed() : Set.of(), steps);
        holds(graph, target, course);
        return course;
    }

    /** What must be so of every course. */
    private static void holds(Graphs.Declaration before, Target target, Course course) {
        for (Stage stage : course.stages()) {
            Map<String, List<Member>> members = new HashMap<>(before.members());
            members.putAll(stage.members());
            Map<String, FlowSpec> flows = new HashMap<>();
            before.flows().forEach(flow -> flows.put(flow.id(), flow));
            stage.flows()
                    .forEach((id, flow) -> flow.ifPresentOrElse(spec -> flows.put(id, spec), () -> flows.remove(id)));
            for (FlowSpec flow : flows.values()) {
                assertTrue(
                        stage.held().contains(flow.id())
                                || flow.to().stream().anyMatch(end -> open(members, end))
                                || drained(members, flow.from().node()),
                        () -> flow.id() + " has nobody to give to at '" + stage.name() + "'");
                boolean copies = flow.routing() instanceof FlowSpec.Routing.Copy;
                long open = flow.to().stream().filter(end -> open(members, end)).count();
                long declared = before.flows().stream()
                        .filter(old -> old.id().equals(flow.id()))
                        .mapToLong(old -> old.to().size())
                        .sum();
                FlowSpec then = target.flows().get(flow.id());
                assertTrue(
                        !copies
                                || open
                                        <= Math.max(
                                                declared,
                                                then == null ? 0 : then.to().size()),
                        () -> flow.id() + " gives records to more than ever asked for at '" + stage.name() + "'");
            }
        }
        course.stages().forEach(stage -> copiesToNoMore(before, target, stage));
        Stage last = course.stages().getLast();
        assertEquals("finish", last.name());
        last.nodes()
                .forEach((id, node) ->
                        assertEquals(Optional.ofNullable(target.nodes().get(id)), node));
        last.flows()
                .forEach((id, flow) ->
                        assertEquals(Optional.ofNullable(target.flows().get(id)), flow));
        last.members().forEach((id, all) -> {
            assertEquals(Shops.at(target.nodes(), id).replicas(), all.size());
            assertTrue(all.stream().noneMatch(it -> it.draining() || it.previous() || it.share() < Member.ALL));
            assertEquals(
                    all.size(), all.stream().mapToInt(Member::slot).distinct().count());
        });
        Stage restore = course.restore();
        Map<String, NodeSpec> nodes = new HashMap<>();
        before.nodes().forEach(node -> nodes.put(node.id(), node));
        restore.nodes().forEach((id, node) -> assertEquals(Optional.ofNullable(nodes.get(id)), node));
        assertTrue(course.commit() >= 0 && course.commit() < course.stages().size());
    }

    /** Where each slot gets a copy, there are as many as were declared, or will be. */
    private static void copiesToNoMore(Graphs.Declaration before, Target target, Stage stage) {
        Map<String, List<Member>> members = new HashMap<>(before.members());
        members.putAll(stage.members());
        stage.flows().forEach((id, flow) -> {
            if (flow.isEmpty() || !(flow.get().routing() instanceof FlowSpec.Routing.Copy)) {
                return;
            }
            long slots = flow.get().to().stream()
                    .mapToLong(end -> members.getOrDefault(end.node(), List.of()).stream()
                            .filter(it -> it.share() > 0)
                            .map(Member::slot)
                            .distinct()
                            .count())
                    .sum();
            long was = before.flows().stream()
                    .filter(old -> old.id().equals(id) && old.routing() instanceof FlowSpec.Routing.Copy)
                    .flatMap(old -> old.to().stream())
                    .mapToLong(end ->
                            before.members().getOrDefault(end.node(), List.of()).size())
                    .sum();
            FlowSpec then = target.flows().get(id);
            long shall = then == null || !(then.routing() instanceof FlowSpec.Routing.Copy)
                    ? 0
                    : then.to().stream()
                            .mapToLong(
                                    end -> Shops.at(target.nodes(), end.node()).replicas())
                            .sum();
            assertTrue(slots <= Math.max(was, shall), () -> id + " copies to too many at '" + stage.name() + "'");
        });
    }

    private static boolean open(Map<String, List<Member>> members, End end) {
        return members.getOrDefault(end.node(), List.of()).stream().anyMatch(it -> it.share() > 0);
    }

    private static boolean drained(Map<String, List<Member>> members, String node) {
        return members.getOrDefault(node, List.of()).stream().allMatch(it -> it.draining() || it.share() == 0);
    }

    @Test
    void shouldStartWhatIsNewBesideWhatIsOld() {
        Course course = checked(Shops.CHAIN, "insert", Map.of("flow", "gen-work"), NEW);
        assertEquals(List.of("start", "drain", "finish"), names(course));
        assertEquals(1, course.commit());
        Stage start = stage(course, "start");
        assertEquals(List.of(new Member(0, "", 0, false, 0, false)), Shops.at(start.members(), "mid"));
        FlowSpec meanwhile = Shops.at(start.flows(), "gen-work").orElseThrow();
        assertEquals(
                List.of(new End("work", "stdin"), new End("mid", "stdin")), meanwhile.to(), "so that it is connected");
        assertEquals(new Wait.Ready(List.of(new Who("mid", 0))), start.until());
        assertEquals(Set.of("gen-work"), stage(course, "drain").held());
    }

    @Test
    void shouldDrainWhatGoesBeforeAnythingTakesItsPlace() {
        Course course = checked(LONG, "remove", Map.of("node", "b"), "");
        assertEquals(List.of("drain", "finish"), names(course));
        Stage drain = stage(course, "drain");
        assertEquals(Set.of("a-b"), drain.held());
        Wait.Drained until = (Wait.Drained) drain.until();
        assertEquals(List.of(new Who("b", 0)), until.agents());
        assertEquals(Set.of("a-b"), until.flows());
        assertEquals(
                Map.of("a-b", Shops.at(stage(course, "finish").flows(), "a-b").orElseThrow()),
                until.then(),
                "it goes on at once");
        assertEquals(
                List.of(new End("b", "stdin"), new End("c", "stdin")),
                Shops.at(drain.flows(), "a-b").orElseThrow().to(),
                "by an end that it has while it is held");
        assertEquals(
                List.of(new End("c", "stdin")),
                Shops.at(stage(course, "finish").flows(), "a-b").orElseThrow().to());
        assertEquals(0, course.commit());
    }

    @Test
    void shouldDrainAChainNodeByNode() {
        Course course = checked(LONG, "reroute", Map.of("flow", "gen-a", "via", "mid"), NEW);
        assertEquals(List.of("start", "drain", "drain 2", "drain 3", "finish"), names(course));
        assertEquals(1, course.commit());
        assertFalse(Shops.at(stage(course, "drain").members(), "b").getFirst().draining(), "it still gets what a has");
        assertTrue(Shops.at(stage(course, "drain 2").members(), "b").getFirst().draining());
        assertEquals(Set.of("gen-a"), stage(course, "drain 3").held());
    }

    @Test
    void shouldHoldNoFlowWhileSomeOfItsSourcesAreStillToDeliver() {
        String routed = LONG.replace("flow gen -> a { data json", "flow gen -> a { data json; route round-robin");
        String more = routed.replace("run a", "replicas 3\n run a");
        Graphs.Declaration graph = Shops.graph(more);
        Target target = Shops.target(graph, "apply", Map.of(), routed.replace("run b", "env A = \"1\"\n run b"));
        Course course = Shops.course(graph, target, Set.of("b"));
        holds(graph, target, course);
        assertEquals(List.of("start", "drain", "drain 2", "finish"), names(course));
        assertEquals(Set.of("gen-a"), stage(course, "drain").held(), "two of a give b what they have");
        assertTrue(Shops.at(stage(course, "drain").members(), "b").getFirst().share() > 0);
        assertEquals(Set.of("gen-a", "a-b"), stage(course, "drain 2").held());
    }

    @Test
    void shouldLetAFlowThatGoesGiveWhatItTookBeforeItsEndDrains() {
        String without = LONG.replace("flow c -> keep { data json }", "").replace("node keep { run keep }", "");
        Graphs.Declaration graph = Shops.graph(LONG);
        Target target = Shops.target(graph, "apply", Map.of(), without);
        Course course = Shops.course(graph, target, Set.of());
        holds(graph, target, course);
        assertEquals(List.of("drain", "drain 2", "finish"), names(course));
        Wait.Drained first = (Wait.Drained) stage(course, "drain").until();
        assertEquals(List.of(), first.agents());
        assertEquals(Set.of("c-keep"), first.last());
        Wait.Drained second = (Wait.Drained) stage(course, "drain 2").until();
        assertEquals(List.of(new Who("keep", 0)), second.agents());
        assertEquals(Map.of(), second.then());
        assertFalse(
                Shops.at(stage(course, "drain").members(), "keep").getFirst().draining());
    }

    @Test
    void shouldGiveSharesOnlyWhereOneTakesWhatAnotherHas() {
        Course course = checked(Shops.CHAIN, "replace", Map.of("node", "work", "env.A", "1"), "", 10, 50);
        assertEquals(List.of("start", "share 10 %", "share 50 %", "drain", "finish"), names(course));
        assertEquals(3, course.commit());
        assertEquals(
                List.of(new Member(0, "", 0, true, Member.ALL, false), new Member(1, "", 0, false, 100, false)),
                Shops.at(stage(course, "share 10 %").members(), "work"));
        assertEquals(Set.of(), stage(course, "drain").held(), "what is new takes everything meanwhile");
    }

    @Test
    void shouldFollowAgentsByOthersThoughTheNodeStays() {
        Course course = checked(Shops.CHAIN, "replace", Map.of("node", "work", "renew", "true"), "");
        assertEquals(List.of("start", "drain", "finish"), names(course));
        assertEquals(
                List.of(new Member(0, "", 0, false, Member.ALL, false), new Member(1, "", 0, false, 0, false)),
                Shops.at(stage(course, "start").members(), "work").stream()
                        .sorted(java.util.Comparator.comparingInt(Member::number))
                        .toList());
    }

    @Test
    void shouldHoldWhereRecordsMustNotOvertake() {
        Course course = checked(Shops.CHAIN, "replace", Map.of("node", "work", "env.A", "1"), "");
        assertEquals(List.of("start", "drain", "finish"), names(course));
        assertEquals(Set.of("gen-work"), stage(course, "drain").held());
        assertEquals(
                List.of(new Member(0, "", 0, true, 0, true), new Member(1, "", 0, false, 0, false)),
                Shops.at(stage(course, "drain").members(), "work"));
    }

    @Test
    void shouldAddReplicasWithoutTouchingTheFirst() {
        Course course = checked(Shops.CHAIN, "split", Map.of("node", "work", "into", "3"), "");
        assertEquals(List.of("start", "finish"), names(course));
        assertEquals(
                Member.of(0, ""),
                Shops.at(stage(course, "start").members(), "work").getFirst());
        assertEquals(
                new FlowSpec.Routing.LeastLoaded(),
                Shops.at(stage(course, "start").flows(), "gen-work")
                        .orElseThrow()
                        .routing());
    }

    @Test
    void shouldChooseAmongTheOldOnesUntilOneIsLeft() {
        String three = Shops.KEYED
                .replace("user }", "user\n replicas 3 }")
                .replace("flow gen -> work { data json }", "flow gen -> work { data json\n route key-hash user }");
        Course course = checked(three, "apply", Map.of(), Shops.KEYED);
        assertEquals(
                new FlowSpec.Routing.KeyHash("user"),
                Shops.at(stage(course, "start").flows(), "gen-work")
                        .orElseThrow()
                        .routing());
    }

    @Test
    void shouldFollowAllAgentsThatKeepStateByOthers() {
        Course course = checked(Shops.KEYED, "split", Map.of("node", "work", "into", "2"), "");
        assertEquals(List.of("start", "drain", "finish"), names(course));
        Stage drain = stage(course, "drain");
        assertEquals(Set.of("gen-work"), drain.held());
        assertEquals(
                List.of(
                        new Member(0, "", 0, true, 0, true),
                        new Member(1, "", 0, false, 0, false),
                        new Member(2, "", 1, false, 0, false)),
                Shops.at(drain.members(), "work"));
        assertEquals(Set.of("gen-work", "work.state"), course.accounted());
        StratoswarmException refusal = assertThrows(
                StratoswarmException.class,
                () -> checked(Shops.KEYED, "replace", Map.of("node", "work", "env.A", "1"), "", 10));
        assertTrue(String.valueOf(refusal.getMessage()).contains("ask for no steps"), refusal.getMessage());
    }

    @Test
    void shouldBeginAllLanesAnewWhereKeysStayInOrder() {
        Course course = checked(Shops.CHAIN, "parallelize", Map.of("path", "work", "lanes", "2", "key", "k"), "");
        List<Member> drain = Shops.at(stage(course, "drain").members(), "work");
        assertEquals(3, drain.size());
        assertTrue(drain.getFirst().draining());
        Course path = checked(LONG, "parallelize", Map.of("path", "a,b", "lanes", "2", "key", "k"), "");
        assertEquals(List.of("start", "drain", "drain 2", "finish"), names(path));
        assertEquals(Set.of("gen-a"), stage(path, "drain").held(), "what a still gives to b must get through");
    }

    @Test
    void shouldSplitByWhatRecordsSay() {
        Course course =
                checked(Shops.CHAIN, "split", Map.of("node", "work", "cases", "hot: level >= 4; rest: otherwise"), "");
        assertEquals(List.of("start", "drain", "finish"), names(course));
        assertEquals(
                0, Shops.at(stage(course, "drain").members(), "hot").getFirst().share(), "both would get it otherwise");
        assertTrue(Shops.at(stage(course, "finish").flows(), "work-keep").isEmpty());
        Course places = checked(
                Shops.CHAIN,
                "split",
                Map.of("node", "work", "by", "region", "values", "eu=w-eu,us=w-us,otherwise=w-all"),
                "");
        assertEquals(
                3,
                Shops.at(stage(places, "finish").flows(), "gen-work")
                        .orElseThrow()
                        .to()
                        .size());
    }

    @Test
    void shouldMergeWhatStandsInAChain() {
        Course course = checked(LONG, "merge", Map.of("nodes", "b,c"), NEW);
        assertEquals(List.of("start", "drain", "drain 2", "finish"), names(course));
        assertEquals(
                List.of(new End("mid", "stdin")),
                Shops.at(stage(course, "finish").flows(), "a-b").orElseThrow().to());
        assertTrue(Shops.at(stage(course, "finish").flows(), "b-c").isEmpty());
        assertEquals(
                "mid",
                Shops.at(stage(course, "finish").flows(), "c-keep-mid")
                        .orElseThrow()
                        .from()
                        .node());
    }

    @Test
    void shouldGoBackByDrainingWhatHadAShare() {
        Course course = checked(Shops.CHAIN, "replace", Map.of("node", "work", "env.A", "1"), "", 10);
        Stage back = course.drainBack();
        assertEquals(
                new Wait.Drained(List.of(new Who("work", 1)), Set.of(), Set.of(), Map.of(), Map.of()), back.until());
        assertEquals(
                List.of(new Member(0, "", 0, true, Member.ALL, false), new Member(1, "", 0, false, 0, true)),
                back.members().get("work"));
    }
}
