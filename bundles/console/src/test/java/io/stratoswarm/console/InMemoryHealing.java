package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.healing.Healing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** One class, one case, and a list of what was asked for. */
final class InMemoryHealing implements Healing {
    final List<String> asked = new ArrayList<>();

    private static Case found() {
        return new Case(
                7,
                "shop/web",
                "memory-leak",
                "leaky",
                true,
                0.9,
                List.of("memory.trend 1.00"),
                "wait",
                "ended",
                OptionalDouble.of(0.5),
                "it was well after 0.3 s and stayed so",
                1_000,
                List.of());
    }

    @Override
    public Status status() {
        return new Status("auto", "", 1, new TreeMap<>(Map.of("rate", 2L)), "ab12");
    }

    @Override
    public List<Strategy> strategies() {
        return List.of(new Strategy(
                "memory-leak",
                "leaky",
                false,
                3,
                List.of(
                        new Option("wait", "leaves it", true, 2, OptionalDouble.of(0.5), 0.6),
                        new Option("restart", "starts it anew", false, 0, OptionalDouble.empty(), 0.4))));
    }

    @Override
    public List<Case> cases(Optional<String> agent, int limit) {
        return agent.orElse("shop/web").equals("shop/web") ? List.of(found()) : List.of();
    }

    @Override
    public Case get(long number) {
        if (number != 7) {
            throw new StratoswarmException(Kind.NOT_FOUND, "there is no case " + number);
        }
        return found();
    }

    @Override
    public Look look(String agent) {
        return new Look(
                agent,
                "healthy",
                "healthy",
                true,
                0.8,
                List.of(),
                new TreeMap<>(Map.of("healthy", 0.8)),
                new TreeMap<>(Map.of("cpu.level", 0.1)));
    }

    @Override
    public void turn(String label, String act, boolean on, String actor) {
        asked.add("turn " + label + " " + act + " " + on + " " + actor);
    }

    @Override
    public void expect(String label, String act, double reward, String actor) {
        asked.add("expect " + label + " " + act + " " + reward + " " + actor);
    }

    @Override
    public void name(String label, String name, String actor) {
        asked.add("name " + label + " " + name + " " + actor);
    }

    @Override
    public void reset(String label, String actor) {
        asked.add("reset " + label + " " + actor);
    }

    @Override
    public void pause(String reason, String actor) {
        asked.add("pause " + reason + " " + actor);
    }

    @Override
    public void resume(String actor) {
        asked.add("resume " + actor);
    }

    @Override
    public List<Script> scripts() {
        return List.of(new Script(
                "leak-capture-first",
                "memory-leak",
                "ab".repeat(32),
                "cd".repeat(32),
                "shadow",
                "it was changed",
                new TreeMap<>(Map.of("gain.value", 0.1)),
                3));
    }

    @Override
    public List<Estimate> validate(String label) {
        if (!label.equals("memory-leak")) {
            throw new StratoswarmException(Kind.NOT_FOUND, "there is no class '" + label + "'");
        }
        return List.of(new Estimate("learned", 0.8, 0.7, 0.9, 40, 30, 28.5, 0.1));
    }

    @Override
    public long tryOnClone(String label, Optional<String> agent, String actor) {
        asked.add("clone " + label + " " + agent.orElse("any") + " " + actor);
        return 12;
    }

    @Override
    public List<CloneTrial> clones(Optional<String> label) {
        return List.of(new CloneTrial(
                12,
                "shop/web",
                label.orElse("deadlock"),
                "SIGSTOP of its process",
                false,
                List.of(
                        new Tried("learned", "", "capture", OptionalDouble.of(0.9), "it was well after 1.0 s"),
                        new Tried("chooser", "ab", "ask", OptionalDouble.empty(), "a person would have been asked")),
                "",
                1_000));
    }

    @Override
    public void trial(String script, String actor) {
        asked.add("trial " + script + " " + actor);
    }

    @Override
    public void promote(String script, String actor) {
        asked.add("promote " + script + " " + actor);
    }

    @Override
    public void revert(String script, String actor) {
        asked.add("revert " + script + " " + actor);
    }
}
