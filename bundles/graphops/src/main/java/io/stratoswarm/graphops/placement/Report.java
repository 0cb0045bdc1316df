package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.place.Placement.Violation;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementProblem.Group;
import io.stratoswarm.graphops.placement.Model.Lack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says which rules a placement breaks, and where it is cheap to tell, which rules contradict each other. */
final class Report {
    private static final int MAX_LISTED = 4;
    /** Of the exact search, for each question. */
    private static final long TRIES = 200_000;

    private static final int MAX_RULES = 40;

    private final State state;
    private final Model model;
    private final List<Violation> found = new ArrayList<>();
    private boolean proven;

    Report(State state) {
        this.state = state;
        this.model = state.model;
    }

    /** Whether it is certain that nothing keeps all rules. */
    boolean proven() {
        return proven;
    }

    List<Violation> violations() {
        for (int n = 0; n < model.nodes; n++) {
            if (model.allowed[n].length == 0 && model.members[n].length > 0) {
                nowhere(n);
            }
        }
        totals();
        exceeded();
        narrow();
        for (Rule rule : state.rules) {
            if (rule.broken > 0) {
                broken(rule);
            }
        }
        return found;
    }

    private List<String> agentsOf(int... nodes) {
        return Arrays.stream(nodes)
                .flatMap(n -> Arrays.stream(model.members[n]))
                .mapToObj(i -> model.agentIds[i])
                .toList();
    }

    private void nowhere(int n) {
        proven = true;
        Map<String, List<Integer>> byRule = new LinkedHashMap<>();
        Map<String, String> texts = new LinkedHashMap<>();
        for (int p = 0; p < model.places.count; p++) {
            Lack lack = model.lack(n, p, true);
            if (lack != null) {
                byRule.computeIfAbsent(lack.rule(), fresh -> new ArrayList<>()).add(p);
                texts.putIfAbsent(lack.rule(), model.places.ids[p] + ": " + lack.text());
            }
        }
        StringBuilder text = new StringBuilder(
                "no place can take agents of " + model.problem.nodes().get(n).id());
        byRule.forEach((rule, at) -> text.append("; ")
                .append(at.size())
                .append(at.size() == 1 ? " place fails " : " places fail ")
                .append(rule)
                .append(" (")
                .append(texts.get(rule))
                .append(")"));
        String rule = byRule.size() == 1 ? byRule.keySet().iterator().next() : String.join(" and ", byRule.keySet());
        found.add(new Violation(rule, agentsOf(n), text.toString()));
    }

    /** What all ask together is more than all places have together. */
    private void totals() {
        for (int r = 0; r < model.amounts.resources.length && model.amounts.limited; r++) {
            long asked = 0;
            for (int n : model.node) {
                asked += model.amounts.request[r][n];
            }
            double there = 0;
            for (int p = 0; p < model.places.count; p++) {
                boolean outermost = true;
                for (int outer : model.places.chain[p]) {
                    outermost &= outer == p || model.amounts.capacity[r][outer] < 0;
                }
                there += outermost ? Math.max(0, model.amounts.capacity[r][p]) : 0;
            }
            if (asked > there) {
                proven = true;
                String name = model.amounts.resources[r];
                int[] asking = java.util.stream.IntStream.range(0, model.nodes).toArray();
                int resource = r;
                found.add(new Violation(
                        Words.REQUESTS,
                        agentsOf(Arrays.stream(asking)
                                .filter(n -> model.amounts.request[resource][n] > 0)
                                .toArray()),
                        "all agents together ask " + Words.amount(name, model.amounts.amount(r, asked))
                                + ", all places together have "
                                + Words.amount(name, model.amounts.amount(r, (long) there))));
            }
        }
    }

    private void exceeded() {
        for (int r = 0; r < model.amounts.resources.length && model.amounts.limited; r++) {
            for (int p = 0; p < model.places.count; p++) {
                long most = model.amounts.capacity[r][p];
                if (most >= 0 && state.load[r][p] > most) {
                    String name = model.amounts.resources[r];
                    int resource = r;
                    int place = p;
                    List<String> agents = java.util.stream.IntStream.range(0, model.agents)
                            .filter(i -> state.place[i] >= 0
                                    && model.places.inside(state.place[i], place)
                                    && model.amounts.request[resource][model.node[i]] > 0)
                            .mapToObj(i -> model.agentIds[i])
                            .toList();
                    found.add(new Violation(
                            Words.REQUESTS,
                            agents,
                            model.places.ids[p] + " has " + Words.amount(name, model.amounts.amount(r, most)) + ", "
                                    + some(agents) + " ask "
                                    + Words.amount(name, model.amounts.amount(r, state.load[r][p]))));
                }
            }
        }
    }

    private void narrow() {
        for (int i = 0; i < model.agents && model.narrow; i++) {
            int n = model.node[i];
            for (int f = 0; f < model.partner[n].length; f++) {
                for (int j : model.members[model.partner[n][f]]) {
                    boolean both = state.place[i] >= 0 && state.place[j] >= 0 && i < j;
                    if (both && model.pairBytes[n][f] > model.places.bandwidth[state.place[i]][state.place[j]]) {
                        found.add(new Violation(
                                Words.LINK,
                                List.of(model.agentIds[i], model.agentIds[j]),
                                Words.narrow(model, i, j, state.place[i], state.place[j], model.pairBytes[n][f])));
                    }
                }
            }
        }
    }

    private void broken(Rule rule) {
        List<String> agents = new ArrayList<>();
        String text = "";
        for (int n : rule.nodes) {
            for (int i : model.members[n]) {
                if (state.place[i] >= 0 && rule.wrongAt(state.place[i])) {
                    agents.add(model.agentIds[i]);
                    text = text.isEmpty() ? rule.wrong(state.place[i]) : text;
                }
            }
        }
        found.add(new Violation(Words.rule(rule.constraint), agents, text));
    }

    static String some(List<String> agents) {
        return agents.size() <= MAX_LISTED
                ? String.join(", ", agents)
                : String.join(", ", agents.subList(0, MAX_LISTED)) + " and " + (agents.size() - MAX_LISTED) + " more";
    }

    /** Makes the set of rules smaller while it still contradicts itself; empty where that cannot be told. */
    static List<Violation> conflict(PlacementProblem problem) {
        List<Constraint> kept = new ArrayList<>(problem.constraints());
        if (kept.size() > MAX_RULES || !impossible(problem, kept, true)) {
            return List.of();
        }
        boolean requests = impossible(problem, kept, false);
        for (Constraint each : problem.constraints()) {
            List<Constraint> fewer = new ArrayList<>(kept);
            fewer.remove(each);
            if (impossible(problem, fewer, !requests)) {
                kept = fewer;
            }
        }
        List<String> rules = new ArrayList<>(kept.stream().map(Words::rule).toList());
        if (!requests) {
            rules.add(Words.REQUESTS);
        }
        List<String> about =
                kept.stream().flatMap(rule -> rule.nodes().stream()).distinct().toList();
        List<String> agents = problem.nodes().stream()
                .filter(node -> about.isEmpty() || about.contains(node.id()))
                .flatMap(node -> node.agents().stream())
                .map(PlacementProblem.Agent::id)
                .toList();
        return List.of(new Violation(
                String.join(" and ", rules),
                agents,
                rules.size() == 1
                        ? "no placement keeps this rule, even alone"
                        : "no placement keeps these rules together; without any one of them there is one, or it could not be"
                                + " told"));
    }

    private static boolean impossible(PlacementProblem problem, List<Constraint> rules, boolean requests) {
        List<Group> nodes = problem.nodes().stream()
                .map(node -> requests ? node : new Group(node.id(), node.agents(), Map.of(), node.candidates()))
                .toList();
        Model model = new Model(new PlacementProblem(
                problem.places(), problem.links(), nodes, problem.flows(), rules, problem.objectives(), 0));
        return new Exact(new State(model, rules), TRIES).search() == Exact.Answer.THERE_IS_NONE;
    }
}
