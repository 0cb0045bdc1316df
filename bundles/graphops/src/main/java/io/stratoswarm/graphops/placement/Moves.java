package io.stratoswarm.graphops.placement;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Makes changes to the state that can be undone. */
final class Moves {
    private static final int MAX_RUIN = 24;
    /** More places than this are not all tried when an agent is put back. */
    private static final int MAX_TRIED = 48;

    private static final double SINGLE = 0.5;
    private static final double SWAP = 0.88;
    /** Of the steps, for many agents; of few agents those that are taken out together soon are all of them. */
    private static final double RUIN = 0.0008;

    private static final double RUIN_FEW = 0.3;
    private static final double RUIN_MOST = 0.05;
    private static final double BY_CHANCE = 0.3;
    /** Where agents have to stay together they can only be moved together. */
    private static final double TOGETHER = 0.01;

    private static final double TO_PARTNER = 0.3;

    private final State state;
    private final Model model;
    private final Watch watch;
    private final RandomGenerator random;
    /** Agents that have a choice. */
    private final int[] free;

    private final Rule.Together[] together;
    /** What was changed, in order: the agent and where it was. */
    private final int[] agent;

    private final int[] from;
    private int changed;
    private final double ruin;
    private boolean strict;

    Moves(State state, Watch watch, RandomGenerator random) {
        this.state = state;
        this.model = state.model;
        this.watch = watch;
        this.random = random;
        free = IntStream.range(0, model.agents)
                .filter(i -> model.allowed[model.node[i]].length > 1)
                .toArray();
        together = Arrays.stream(state.rules)
                .filter(Rule.Together.class::isInstance)
                .map(Rule.Together.class::cast)
                .toArray(Rule.Together[]::new);
        ruin = Math.clamp(RUIN_FEW / Math.max(1, free.length), RUIN, RUIN_MOST);
        agent = new int[model.agents + 2];
        from = new int[model.agents + 2];
    }

    boolean possible() {
        return free.length > 0;
    }

    /** Whether changes that exceed a capacity are not even tried, since they would be undone. */
    void strict(boolean now) {
        strict = now;
    }

    void keep() {
        changed = 0;
    }

    void undo() {
        while (changed > 0) {
            changed--;
            state.move(agent[changed], from[changed]);
        }
    }

    private void move(int i, int p) {
        agent[changed] = i;
        from[changed] = state.place[i];
        changed++;
        state.move(i, p);
    }

    void any() {
        double which = random.nextDouble();
        if (which < ruin) {
            ruin();
        } else if (together.length > 0 && which < ruin + TOGETHER) {
            shift(together[random.nextInt(together.length)]);
        } else {
            which = random.nextDouble();
            if (which < SINGLE) {
                single();
            } else if (which < SWAP) {
                swap();
            } else {
                chain();
            }
        }
    }

    private int someone() {
        return free[random.nextInt(free.length)];
    }

    private int somewhere(int i) {
        int n = model.node[i];
        int[] partners = model.partner[n];
        if (partners.length > 0 && random.nextDouble() < TO_PARTNER) {
            int[] members = model.members[partners[random.nextInt(partners.length)]];
            int p = state.place[members[random.nextInt(members.length)]];
            if (p >= 0 && model.may[n][p]) {
                return p;
            }
        }
        int[] allowed = model.allowed[n];
        return allowed[random.nextInt(allowed.length)];
    }

    void single() {
        int i = someone();
        int p = somewhere(i);
        if (p != state.place[i] && (!strict || state.fits(model.node[i], p))) {
            move(i, p);
        }
    }

    private void swap() {
        int i = someone();
        int j = someone();
        int p = state.place[i];
        int q = state.place[j];
        // Two of one node are the same but for where they are now.
        boolean may =
                p != q && model.node[i] != model.node[j] && model.may[model.node[i]][q] && model.may[model.node[j]][p];
        if (may && (!strict || state.fitSwapped(i, j))) {
            move(i, q);
            move(j, p);
        }
    }

    /** One goes to the place of another, which goes to a third place. */
    private void chain() {
        int i = someone();
        int j = someone();
        int q = state.place[j];
        if (i != j && q != state.place[i] && model.may[model.node[i]][q]) {
            move(i, q);
            move(j, somewhere(j));
        }
    }

    /** Empties a place, or takes some at random, and puts each back where it is best. */
    private void ruin() {
        int[] out;
        if (random.nextBoolean()) {
            int p = state.place[someone()];
            out = Arrays.stream(free)
                    .filter(i -> state.place[i] == p)
                    .limit(MAX_RUIN)
                    .toArray();
        } else {
            out = IntStream.range(0, 2 + random.nextInt(5))
                    .map(k -> someone())
                    .distinct()
                    .toArray();
        }
        replace(out, -1, null);
    }

    /** Takes all that must stay together to another group. */
    private void shift(Rule.Together rule) {
        int target = random.nextInt(rule.grouping.names.size());
        int[] all = Arrays.stream(rule.nodes)
                .flatMap(n -> Arrays.stream(model.members[n]))
                .filter(i -> state.place[i] >= 0)
                .toArray();
        boolean open = Arrays.stream(all)
                .allMatch(i ->
                        Arrays.stream(model.allowed[model.node[i]]).anyMatch(p -> rule.grouping.group[p] == target));
        if (open) {
            replace(all, target, rule);
        }
    }

    private void replace(int[] out, int target, Rule.@org.jspecify.annotations.Nullable Together rule) {
        int left = -1;
        for (int i : out) {
            agent[changed] = i;
            from[changed] = state.place[i];
            changed++;
            left = state.place[i];
            state.take(i);
        }
        shuffle(out);
        boolean chance = random.nextDouble() < BY_CHANCE;
        for (int i : out) {
            int[] places = model.allowed[model.node[i]];
            if (rule != null) {
                int[] group = rule.grouping.group;
                places = Arrays.stream(places).filter(p -> group[p] == target).toArray();
            } else if (places.length > 1 && out.length > 1) {
                int empty = left;
                places = Arrays.stream(places).filter(p -> p != empty).toArray();
            }
            boolean any = chance && random.nextBoolean();
            state.put(i, any ? places[random.nextInt(places.length)] : Start.best(state, i, some(places), watch));
        }
    }

    private int[] some(int[] places) {
        if (places.length <= MAX_TRIED) {
            return places;
        }
        int begin = random.nextInt(places.length);
        int stride = places.length / MAX_TRIED;
        return IntStream.range(0, MAX_TRIED)
                .map(k -> places[(begin + k * stride) % places.length])
                .toArray();
    }

    private void shuffle(int[] agents) {
        for (int k = agents.length - 1; k > 0; k--) {
            int other = random.nextInt(k + 1);
            int swapped = agents[k];
            agents[k] = agents[other];
            agents[other] = swapped;
        }
    }
}
