package io.stratoswarm.benchmarks.placement;

import ai.timefold.solver.core.api.domain.entity.PlanningEntity;
import ai.timefold.solver.core.api.domain.lookup.PlanningId;
import ai.timefold.solver.core.api.domain.solution.PlanningEntityCollectionProperty;
import ai.timefold.solver.core.api.domain.solution.PlanningScore;
import ai.timefold.solver.core.api.domain.solution.PlanningSolution;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeProvider;
import ai.timefold.solver.core.api.domain.variable.PlanningVariable;
import ai.timefold.solver.core.api.score.buildin.hardsoftlong.HardSoftLongScore;
import ai.timefold.solver.core.api.score.calculator.IncrementalScoreCalculator;
import ai.timefold.solver.core.api.solver.Solver;
import ai.timefold.solver.core.api.solver.SolverFactory;
import ai.timefold.solver.core.config.score.director.ScoreDirectorFactoryConfig;
import ai.timefold.solver.core.config.solver.EnvironmentMode;
import ai.timefold.solver.core.config.solver.SolverConfig;
import io.stratoswarm.api.place.PlacementProblem;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The peer: its usual phases, construction by first fit and late acceptance, with an incremental score. */
final class Timefold {
    private static final double HARD = 1e6;
    private static final double SOFT = 1e12;

    private Timefold() {}

    /** An agent and its place. */
    @PlanningEntity
    public static class Placed {
        @PlanningId
        private int agent;

        private List<Integer> allowed = List.of();
        private @Nullable Integer place;

        public Placed() {}

        Placed(int agent, List<Integer> allowed) {
            this.agent = agent;
            this.allowed = allowed;
        }

        public int getAgent() {
            return agent;
        }

        @ValueRangeProvider(id = "allowed")
        public List<Integer> getAllowed() {
            return allowed;
        }

        @PlanningVariable(valueRangeProviderRefs = "allowed")
        public @Nullable Integer getPlace() {
            return place;
        }

        public void setPlace(@Nullable Integer place) {
            this.place = place;
        }
    }

    /** All agents. */
    @PlanningSolution
    public static class Plan {
        private List<Placed> agents = List.of();
        private @Nullable HardSoftLongScore score;
        private @Nullable PlacementProblem problem;

        public Plan() {}

        Plan(PlacementProblem problem, List<Placed> agents) {
            this.problem = problem;
            this.agents = agents;
        }

        @PlanningEntityCollectionProperty
        public List<Placed> getAgents() {
            return agents;
        }

        public void setAgents(List<Placed> agents) {
            this.agents = agents;
        }

        @PlanningScore
        public @Nullable HardSoftLongScore getScore() {
            return score;
        }

        public void setScore(@Nullable HardSoftLongScore score) {
            this.score = score;
        }

        public @Nullable PlacementProblem getProblem() {
            return problem;
        }

        public void setProblem(@Nullable PlacementProblem problem) {
            this.problem = problem;
        }
    }

    /** By the judge. */
    public static class Calculator implements IncrementalScoreCalculator<Plan, HardSoftLongScore> {
        private @Nullable Judge judge;

        @Override
        public void resetWorkingSolution(Plan plan) {
            Judge fresh = new Judge(java.util.Objects.requireNonNull(plan.getProblem()));
            judge = fresh;
            plan.getAgents().forEach(this::afterEntityAdded);
        }

        private Judge judge() {
            return java.util.Objects.requireNonNull(judge);
        }

        @Override
        public void beforeEntityAdded(Object entity) {}

        @Override
        public void afterEntityAdded(Object entity) {
            if (entity instanceof Placed placed && placed.getPlace() != null) {
                judge().put(placed.getAgent(), placed.getPlace());
            }
        }

        @Override
        public void beforeVariableChanged(Object entity, String variable) {
            if (entity instanceof Placed placed && placed.getPlace() != null) {
                judge().take(placed.getAgent());
            }
        }

        @Override
        public void afterVariableChanged(Object entity, String variable) {
            afterEntityAdded(entity);
        }

        @Override
        public void beforeEntityRemoved(Object entity) {
            beforeVariableChanged(entity, "");
        }

        @Override
        public void afterEntityRemoved(Object entity) {}

        @Override
        public HardSoftLongScore calculateScore() {
            return HardSoftLongScore.of(-Math.round(judge().hard() * HARD), -Math.round(judge().soft() * SOFT));
        }
    }

    /** Place of each agent, after so many seconds of the solver's thread on a processor. */
    static int[] solve(PlacementProblem problem, int seconds, long seed) throws InterruptedException {
        Judge judge = new Judge(problem);
        List<Placed> agents = new ArrayList<>();
        for (int i = 0; i < judge.agents; i++) {
            agents.add(new Placed(i, Arrays.stream(judge.allowed[i]).boxed().toList()));
        }
        SolverConfig config = new SolverConfig()
                .withSolutionClass(Plan.class)
                .withEntityClasses(Placed.class)
                .withScoreDirectorFactory(
                        new ScoreDirectorFactoryConfig().withIncrementalScoreCalculatorClass(Calculator.class))
                .withEnvironmentMode(EnvironmentMode.NO_ASSERT)
                .withRandomSeed(seed)
                .withTerminationSpentLimit(Duration.ofHours(1));
        Solver<Plan> solver = SolverFactory.<Plan>create(config).buildSolver();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        long until = threads.getThreadCpuTime(thread) + seconds * 1_000_000_000L;
        Thread end = Thread.ofPlatform().daemon().start(() -> {
            try {
                while (threads.getThreadCpuTime(thread) < until) {
                    Thread.sleep(20);
                }
                solver.terminateEarly();
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        });
        Plan solved = solver.solve(new Plan(problem, agents));
        end.interrupt();
        end.join();
        return solved.getAgents().stream()
                .mapToInt(placed -> placed.getPlace() == null ? -1 : placed.getPlace())
                .toArray();
    }
}
