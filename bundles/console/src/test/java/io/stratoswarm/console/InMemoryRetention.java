package io.stratoswarm.console;

import io.stratoswarm.api.journal.JournalRetention;
import io.stratoswarm.api.journal.LegalHolds;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A journal of which ten events would go, and one hold. */
final class InMemoryRetention implements JournalRetention, LegalHolds {
    private static final Need NEED = new Need("reactor slow", 10, "it has read up to here");
    private final List<String> calls;

    InMemoryRetention(List<String> calls) {
        this.calls = calls;
    }

    @Override
    public Status status() {
        return new Status(
                0,
                20,
                2,
                4096,
                0,
                "keep 7 days",
                "/srv/old",
                List.of(NEED),
                "a rule denies it",
                List.of("/srv/old/a.swa.gz"));
    }

    @Override
    public Plan plan(OptionalLong beforeNanos) {
        return new Plan(0, 10, 2048, 1, 1, InMemoryAgents.NOON, "before " + beforeNanos, List.of(NEED));
    }

    @Override
    public Optional<Pruned> prune(OptionalLong beforeNanos, String actor, String reason) {
        calls.add("prune " + beforeNanos + " " + actor + " " + reason);
        return Optional.of(new Pruned(20, plan(beforeNanos), "ab".repeat(32), 1, List.of("/srv/old/b.swa.gz")));
    }

    @Override
    public void forgetReactor(String id, String actor) {
        calls.add("forget " + id + " " + actor);
    }

    @Override
    public Hold place(String subject, long fromNanos, long toNanos, String reason, String actor) {
        calls.add("hold " + subject + " " + reason + " " + actor);
        return new Hold("hold-7", subject, fromNanos, toNanos, reason, actor, InMemoryAgents.NOON, 7);
    }

    @Override
    public List<Hold> list() {
        return List.of(
                new Hold("hold-7", "agent/a", 1, InMemoryAgents.NOON, "case 7", "uid:0", InMemoryAgents.NOON, 7));
    }

    @Override
    public Hold release(String id, String reason, String actor) {
        calls.add("release " + id + " " + reason + " " + actor);
        return list().getFirst();
    }

    @Override
    public Optional<Hold> holding(String person) {
        return Optional.empty();
    }
}
