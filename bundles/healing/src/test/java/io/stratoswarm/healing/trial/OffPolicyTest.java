package io.stratoswarm.healing.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.healing.strategy.Situation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class OffPolicyTest {
    private static final Map<String, Double> ACTS = Map.of("wait", 0.6, "restart", 0.6, "capture", 0.5);

    /** Mean reward of an act in a situation, in a world that is known here. */
    private static double truth(String act, Situation situation) {
        return switch (act) {
            case "restart" -> situation.relapses() > 0 ? 0.3 : 0.9;
            case "wait" -> situation.relapses() > 0 ? 0.6 : 0.5;
            default -> 0.7;
        };
    }

    private record World(List<PastCase> cases, List<Situation> situations) {
        double of(ToDoubleFunction<Situation> value) {
            return situations.stream().mapToDouble(value).average().orElseThrow();
        }
    }

    /** @param share of cases with relapses in which the log has restart; without, it has it in most */
    private static World world(SplittableRandom random, int cases, double share) {
        List<PastCase> all = new ArrayList<>();
        List<Situation> situations = new ArrayList<>();
        for (int i = 0; i < cases; i++) {
            Situation situation = new Situation(random.nextInt(2), random.nextBoolean(), false);
            // What is done depends on the situation, so that plain means of rewards by act would be wrong.
            boolean restart = random.nextDouble() < (situation.relapses() > 0 ? share : 0.8);
            String act = restart ? "restart" : "wait";
            double reward = Math.clamp(truth(act, situation) + (random.nextDouble() - 0.5) * 0.4, 0, 1);
            all.add(PastCase.of(i, "deadlock", situation.context(), ACTS, act, reward));
            situations.add(situation);
        }
        return new World(all, situations);
    }

    private static List<String> choose(World world, java.util.function.Function<Situation, String> policy) {
        return world.situations().stream().map(policy).toList();
    }

    @Test
    void shouldEstimateWhatOtherChoicesWouldHaveEarned() {
        long seed = 11;
        SplittableRandom random = new SplittableRandom(seed);
        int within = 0;
        int rounds = 100;
        double bias = 0;
        for (int round = 0; round < rounds; round++) {
            World world = world(random, 80, 0.3);
            java.util.function.Function<Situation, String> policy = at -> at.relapses() > 0 ? "wait" : "restart";
            Estimate estimate = new OffPolicy(world.cases()).value(choose(world, policy));
            double truth = world.of(at -> truth(policy.apply(at), at));
            within += truth >= estimate.low() && truth <= estimate.high() ? 1 : 0;
            bias += (estimate.value() - truth) / rounds;
            assertTrue(estimate.effective() > 20, "seed " + seed + ": " + estimate);
        }
        assertTrue(Math.abs(bias) < 0.02, "seed " + seed + ": bias " + bias);
        assertTrue(within >= 0.85 * rounds, "seed " + seed + ": " + within + " of " + rounds + " intervals hold");
    }

    @Test
    void shouldTellTheBetterOfTwoFromTheSameCases() {
        SplittableRandom random = new SplittableRandom(12);
        World world = world(random, 100, 0.5);
        OffPolicy log = new OffPolicy(world.cases());
        Estimate better = log.gain(choose(world, at -> at.relapses() > 0 ? "wait" : "restart"));
        Estimate worse = log.gain(choose(world, at -> at.relapses() > 0 ? "restart" : "wait"));
        assertTrue(better.low() > 0, better.toString());
        assertTrue(worse.high() < 0, worse.toString());
    }

    @Test
    void shouldSayThatItKnowsNothingOfWhatWasNeverDone() {
        SplittableRandom random = new SplittableRandom(13);
        World world = world(random, 60, 0.5);
        Estimate estimate = new OffPolicy(world.cases()).gain(choose(world, at -> "capture"));
        assertEquals(0, estimate.matched());
        assertEquals(1, estimate.modelled());
        assertTrue(estimate.low() < -0.2 && estimate.high() > 0.1, estimate.toString());
    }

    @Test
    void shouldBeExactWhereJustThatWasDone() {
        SplittableRandom random = new SplittableRandom(14);
        List<PastCase> same = world(random, 40, 1).cases().stream()
                .filter(each -> each.act().equals("restart"))
                .toList();
        Estimate estimate =
                new OffPolicy(same).gain(same.stream().map(PastCase::act).toList());
        assertEquals(0, estimate.value(), 1e-9);
        assertEquals(0, estimate.high(), 1e-9);
        assertEquals(same.size(), estimate.matched());
        List<PastCase> both = world(random, 60, 0.4).cases();
        Estimate done =
                new OffPolicy(both).value(both.stream().map(PastCase::act).toList());
        assertEquals(both.stream().mapToDouble(PastCase::reward).average().orElseThrow(), done.value(), 1e-9);
        assertEquals(2.0, OffPolicy.quantile(60) / 0.8353, 0.01, "Student's distribution, from tables: 1.6706");
    }

    @Test
    void shouldEndSoonWithWhatIsWorseAndSeldomWithWhatIsNot() {
        long seed = 15;
        SplittableRandom random = new SplittableRandom(seed);
        int wrong = 0;
        double until = 0;
        int runs = 400;
        for (int run = 0; run < runs; run++) {
            List<Double> same = new ArrayList<>();
            boolean told = false;
            for (int i = 0; i < 100; i++) {
                same.add((2 * random.nextDouble() - 1) * 0.9);
                told |= Bets.worse(Bets.capital(same, 0));
            }
            wrong += told ? 1 : 0;
            List<Double> worse = new ArrayList<>();
            do {
                worse.add(-0.6 + (2 * random.nextDouble() - 1) * 0.3);
            } while (!Bets.worse(Bets.capital(worse, 0.05)));
            until += (double) worse.size() / runs;
        }
        assertTrue(wrong <= Bets.LEVEL * runs, "seed " + seed + ": " + wrong + " of " + runs);
        assertTrue(until < 15, "seed " + seed + ": after " + until);
    }
}
