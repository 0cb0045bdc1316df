package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.agent.Lease;
import io.stratoswarm.api.agent.Leases;
import io.stratoswarm.core.agent.AgentState.HeldEnd;
import io.stratoswarm.core.agent.AgentState.LeaseState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Leases on agents: who has one, how it ends, and what follows then. See {@link Leases}. Runs on the owner's thread. */
final class Leasing {
    private static final int LONGEST_HOLDER = 200;
    private static final int LONGEST_REASON = 500;
    /** How the actors of commands of people, and of programs that have a token or a certificate, begin. */
    private static final List<String> OPERATORS = List.of("uid:", "user:", "token:", "cert:");

    private final Context context;
    private final Life life;
    private final Starts starts;
    private final Stops stops;
    /** Leases whose end a timer will come back to. */
    private final Map<String, LeaseState> armed = new HashMap<>();

    Leasing(Context context, Life life, Starts starts, Stops stops) {
        this.context = context;
        this.life = life;
        this.starts = starts;
        this.stops = stops;
    }

    void lease(String id, String holder, long millis, String reason, CompletableFuture<Lease> done) {
        check("holder", holder, LONGEST_HOLDER);
        check("reason", reason, LONGEST_REASON);
        if (millis < 1 || millis > Leases.LONGEST_MILLIS) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "a lease is given for 1 ms to " + Texts.millis(Leases.LONGEST_MILLIS) + ", not for " + millis
                            + " ms; its holder may extend it");
        }
        AgentState agent = known(id);
        GraphState graph = context.decided().graphs.get(agent.graph);
        if (graph != null && graph.deleting() || agent.then == AgentState.Then.REMOVE) {
            throw new StratoswarmException(Kind.CONFLICT, "agent " + id + " is being removed and cannot be leased");
        }
        LeaseState before = agent.lease;
        if (before != null && !before.holder().equals(holder)) {
            throw held(id, before);
        }
        Ledger.Decision d = context.ledger.decide(holder);
        long until = context.ledger.now() + millis * Texts.MILLI;
        d.agent(
                Events.LEASED,
                id,
                d.at().put("holder", holder)
                        .put("untilNanos", until)
                        .put("millis", millis)
                        .put("reason", reason));
        d.then(() -> {
            arm(id);
            done.complete(new Lease(id, holder, until, reason));
        });
        d.commit(done::completeExceptionally);
    }

    private static void check(String what, String text, int longest) {
        if (text.isBlank() || text.length() > longest || text.chars().anyMatch(Character::isISOControl)) {
            throw new StratoswarmException(
                    Kind.INVALID, "the " + what + " of a lease is one line of 1 to " + longest + " characters");
        }
    }

    void release(String id, String holder, CompletableFuture<Void> done) {
        AgentState agent = known(id);
        LeaseState lease = agent.lease;
        if (lease == null) {
            throw new StratoswarmException(Kind.CONFLICT, "nobody holds a lease on agent " + id);
        }
        if (!lease.holder().equals(holder)) {
            throw held(id, lease);
        }
        Ledger.Decision d = context.ledger.decide(holder);
        end(d, agent, lease, "released");
        handBack(d, id);
        d.then(() -> done.complete(null));
        d.commit(done::completeExceptionally);
    }

    private AgentState known(String id) {
        AgentState agent = context.decided().agent(id);
        if (agent == null) {
            throw Selectors.unknown("agent", id, context.decided().agents.keySet());
        }
        return agent;
    }

    /** A command on an agent: of an operator it ends the lease of another, of anybody else it is refused then. */
    void command(Ledger.Decision d, AgentState agent, String actor, String name) {
        LeaseState lease = agent.lease;
        if (lease == null || lease.heldBy(actor)) {
            return;
        }
        if (OPERATORS.stream().noneMatch(actor::startsWith)) {
            throw held(agent.id, lease);
        }
        takeOver(d, agent, actor, name);
    }

    void takeOver(Ledger.Decision d, AgentState agent, String actor, String name) {
        LeaseState lease = agent.lease;
        if (lease != null && !lease.heldBy(actor)) {
            end(d, agent, lease, "taken over by the " + name + " of " + actor);
        }
    }

    private static StratoswarmException held(String id, LeaseState lease) {
        Instant until = Instant.ofEpochSecond(0, lease.until()).truncatedTo(ChronoUnit.MILLIS);
        return new StratoswarmException(
                Kind.CONFLICT,
                "agent " + id + " is held by " + lease.holder() + " until " + until + " (" + lease.reason()
                        + "); wait for that, or end it by a start, stop, restart or kill of an operator");
    }

    private static void end(Ledger.Decision d, AgentState agent, LeaseState lease, String why) {
        d.agent(
                Events.LEASE_ENDED,
                agent.id,
                d.at().put("holder", lease.holder()).put("why", why));
    }

    /** What the lease had kept the restart policy from goes on, as if it had come just now. */
    private void handBack(Ledger.Decision d, String id) {
        AgentState agent = context.decided().agent(id);
        if (agent == null) {
            return;
        }
        HeldEnd held = agent.held;
        if (held != null) {
            life.afterHold(d, agent, held);
        } else if (agent.phase == AgentPhase.BACKOFF) {
            RestartPolicy policy = context.decided().spec(agent).restart();
            // The streak counts the restart that is to come.
            long delay = RestartRules.delayMillis(policy, Math.max(0, agent.streak - 1), context.random);
            d.agent(
                    Events.RESTART_SCHEDULED,
                    id,
                    d.at().put("due", context.ledger.now() + delay * Texts.MILLI)
                            .put("delayMillis", delay)
                            .put("streak", agent.streak)
                            .put("number", agent.restarts + 1));
            d.then(() -> starts.arm(id));
        } else {
            stopIll(d, agent);
        }
    }

    /** Stops what fell ill under a lease that has ended here. */
    void stopIll(Ledger.Decision d, AgentState before) {
        AgentState agent = context.decided().agent(before.id);
        if (agent != null && agent.lease == null && agent.phase == AgentPhase.UNHEALTHY) {
            stops.ofIll(d, agent);
        }
    }

    /** Waits for the end of a lease. */
    private void arm(String id) {
        LeaseState lease = lease(id);
        if (lease != null && !lease.equals(armed.put(id, lease))) {
            // After a start of the daemon over a clock that was set meanwhile, the time itself would say nothing.
            long left = Math.min(lease.millis() * Texts.MILLI, lease.until() - context.ledger.now());
            context.after(left, () -> expire(id, lease));
        }
    }

    /** Goes on with a lease that an earlier daemon gave. */
    void resume(String id) {
        LeaseState lease = lease(id);
        if (lease != null && lease.until() <= context.ledger.now()) {
            expire(id, lease);
        } else {
            arm(id);
        }
    }

    /** Waits for leases again whose end was passed over because it had been decided otherwise, which was refused since. */
    void afterRefusal() {
        context.decided().agents.values().stream()
                .filter(agent -> agent.lease != null)
                .toList()
                .forEach(agent -> arm(agent.id));
    }

    private void expire(String id, LeaseState lease) {
        AgentState agent = context.decided().agent(id);
        if (agent == null || !lease.equals(agent.lease)) {
            armed.remove(id, lease);
            return; // It was extended, or has ended otherwise.
        }
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        end(d, agent, lease, "expired");
        handBack(d, id);
        d.then(() -> armed.remove(id, lease));
        context.commit(d, () -> expire(id, lease));
    }

    private @Nullable LeaseState lease(String id) {
        return Optional.ofNullable(context.decided().agent(id))
                .map(agent -> agent.lease)
                .orElse(null);
    }
}
