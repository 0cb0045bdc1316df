package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.Objective.Goal;
import io.stratoswarm.api.place.Explanation;
import io.stratoswarm.api.place.Explanation.Rejected;
import io.stratoswarm.graphops.placement.Model.Lack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Tries an agent at every place, all others staying where they are, and says what comes of it. */
final class Explainer {
    private final State state;
    private final Model model;

    Explainer(Model model, Map<String, String> places) {
        this.model = model;
        state = new State(model, model.problem.constraints());
        for (int i = 0; i < model.agents; i++) {
            String place = places.get(model.agentIds[i]);
            int p = place == null ? State.NOWHERE : model.places.find(place);
            if (p >= 0) {
                state.put(i, p);
            }
        }
        state.goals.refresh();
    }

    Explanation explain(String agent) {
        int i = Arrays.asList(model.agentIds).indexOf(agent);
        if (i < 0) {
            throw new StratoswarmException(Kind.NOT_FOUND, "there is no agent '" + agent + "' in what was placed");
        }
        int n = model.node[i];
        int here = state.place[i];
        double[] values = values();
        double total = state.soft();
        double[] broken = broken();
        boolean good = here >= 0 && model.may[n][here] && state.hard() <= hardWithout(i) + Score.SAME;
        if (here >= 0) {
            state.take(i);
        }
        List<Rejected> others = new ArrayList<>();
        for (int p = 0; p < model.places.count; p++) {
            if (p != here) {
                others.add(rejected(i, p, here, values, total, broken));
            }
        }
        if (here >= 0) {
            state.put(i, here);
        }
        return new Explanation(
                agent,
                here < 0 ? Optional.empty() : Optional.of(model.places.ids[here]),
                why(i, here, others, good),
                others);
    }

    private double hardWithout(int i) {
        int here = state.place[i];
        state.take(i);
        double hard = state.hard();
        state.put(i, here);
        return hard;
    }

    private double[] values() {
        double[] values = new double[Goal.values().length];
        for (Goal goal : Goal.values()) {
            values[goal.ordinal()] = state.goals.value(goal);
        }
        return values;
    }

    private double[] broken() {
        return Arrays.stream(state.rules).mapToDouble(rule -> rule.broken).toArray();
    }

    private Rejected rejected(int i, int p, int here, double[] values, double total, double[] broken) {
        int n = model.node[i];
        String id = model.places.ids[p];
        Lack lack = model.lack(n, p, true);
        if (lack != null) {
            return new Rejected(id, false, lack.toString(), 0);
        }
        State.Tight tight = state.tight(n, p);
        if (tight != null) {
            return new Rejected(id, false, Words.REQUESTS + ": " + tight(n, p, tight), 0);
        }
        String narrow = narrow(i, p);
        if (!narrow.isEmpty()) {
            return new Rejected(id, false, Words.LINK + ": " + narrow, 0);
        }
        state.put(i, p);
        try {
            for (int k = 0; k < broken.length; k++) {
                Rule rule = state.rules[k];
                if (rule.broken > 0 && (here < 0 || rule.broken > broken[k]) && rule.wrongAt(p)) {
                    return new Rejected(id, false, Words.rule(rule.constraint) + ": then " + rule.wrong(p), 0);
                }
            }
            for (int k = 0; k < broken.length; k++) {
                if (state.rules[k].broken > broken[k]) {
                    String rule = Words.rule(state.rules[k].constraint);
                    return new Rejected(id, false, rule + ": then agents elsewhere would break it", 0);
                }
            }
            double worse = here < 0 ? 0 : state.soft() - total;
            return new Rejected(id, true, differences(values), Math.abs(worse) < Score.SAME ? 0 : worse);
        } finally {
            state.take(i);
        }
    }

    private String tight(int n, int p, State.Tight tight) {
        int r = tight.resource();
        String name = model.amounts.resources[r];
        long free = model.amounts.capacity[r][tight.place()] - state.load[r][tight.place()];
        return (tight.place() == p ? "it" : model.places.ids[tight.place()] + ", which it is within,")
                + " has " + Words.amount(name, model.amounts.amount(r, Math.max(0, free))) + " left, the agent asks "
                + Words.amount(name, model.amounts.amount(r, model.amounts.request[r][n]));
    }

    private String narrow(int i, int p) {
        int n = model.node[i];
        for (int f = 0; f < model.partner[n].length && model.narrow; f++) {
            for (int j : model.members[model.partner[n][f]]) {
                int q = state.place[j];
                if (q >= 0 && model.pairBytes[n][f] > model.places.bandwidth[p][q]) {
                    return Words.narrow(model, i, j, p, q, model.pairBytes[n][f]);
                }
            }
        }
        return "";
    }

    /** Which scores would be others, the state being as it would be. */
    private String differences(double[] values) {
        StringBuilder text = new StringBuilder();
        for (Goal goal : Goal.values()) {
            double change = state.goals.value(goal) - values[goal.ordinal()];
            if (model.weight[goal.ordinal()] > 0 && Math.abs(change) > Score.SAME) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(goal.name().toLowerCase(Locale.ROOT))
                        .append(change > 0 ? " +" : " -")
                        .append(significant(Math.abs(change)));
            }
        }
        return text.isEmpty() ? "scores the same" : text.toString();
    }

    private static String significant(double value) {
        return String.format(Locale.ROOT, value < 0.001 ? "%.2e" : "%.4f", value);
    }

    private String why(int i, int here, List<Rejected> others, boolean good) {
        if (here < 0) {
            return "no place can take it";
        }
        String id = model.places.ids[here];
        List<Rejected> possible = others.stream().filter(Rejected::possible).toList();
        boolean stays = model.present[i] == here && model.problem.movingWeight() > 0;
        String was = stays ? "; it runs there already, and moving costs" : "";
        if (!good) {
            return id + " breaks a rule; see the violations";
        }
        if (possible.isEmpty()) {
            return "only " + id + " can take it" + was;
        }
        Rejected next = possible.stream()
                .min((a, b) -> Double.compare(a.worse(), b.worse()))
                .orElseThrow();
        String among = id + " is one of " + (possible.size() + 1) + " places that can take it; ";
        if (next.worse() < 0) {
            return among + next.place() + " would be better by " + significant(-next.worse())
                    + ", but the search ended before it was tried" + was;
        }
        if (next.worse() == 0) {
            return among + next.place() + " scores the same" + was;
        }
        return among + "the next best, " + next.place() + ", is worse by " + significant(next.worse()) + " ("
                + next.reason() + ")" + was;
    }
}
