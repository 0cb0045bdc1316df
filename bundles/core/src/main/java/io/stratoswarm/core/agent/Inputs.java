package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends of agents' inputs. First the event, then the deed, which is done again until it is done or the incarnation is over. */
final class Inputs {
    private static final Logger LOG = LoggerFactory.getLogger(Inputs.class);
    private static final long RETRY_NANOS = Texts.SECOND;

    private final Context context;

    Inputs(Context context) {
        this.context = context;
    }

    void end(String id, long incarnation, String channel, String actor, CompletableFuture<Void> done) {
        AgentState agent = context.decided().agent(id);
        if (agent == null) {
            throw Selectors.unknown("agent", id, context.decided().agents.keySet());
        }
        if (agent.incarnation > incarnation) {
            done.complete(null);
            return;
        }
        // Before that its process may not have opened the pipe, and would wait for a writer for ever.
        if (!agent.up() || agent.started == 0) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "agent " + id + " does not run yet or any more, so that its input '" + channel
                            + "' cannot be ended; try again once it runs");
        }
        if (context.decided().spec(agent).wires().stream()
                .noneMatch(wire -> wire.channel().equals(channel) && !wire.out())) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND, "agent " + id + " has no input '" + channel + "' that a flow is connected to");
        }
        if (agent.endedInputs.contains(channel)) {
            context.whenFree(id, () -> done.complete(null));
            return;
        }
        Ledger.Decision d = context.ledger.decide(actor);
        d.agent(
                Events.INPUT_ENDED,
                id,
                d.at().put("incarnation", agent.incarnation).put("channel", channel));
        d.then(() -> carryOut(id, agent.incarnation, channel, done));
        d.commit(done::completeExceptionally);
    }

    /** After a crash of the daemon between event and deed, and since the next one has opened all pipes. */
    void endAgain(AgentState agent) {
        agent.endedInputs.forEach(channel -> carryOut(agent.id, agent.incarnation, channel, new CompletableFuture<>()));
    }

    private void carryOut(String id, long incarnation, String channel, CompletableFuture<Void> done) {
        context.inBackground(id, () -> {
            try {
                context.host.endInput(id, incarnation, channel);
                done.complete(null);
            } catch (StratoswarmException e) {
                if (done.completeExceptionally(e)) {
                    LOG.warn("Input {} of agent {} is not ended yet: {}", channel, id, e.getMessage());
                }
                context.post(() -> context.after(RETRY_NANOS, () -> {
                    if (context.current(id, incarnation) != null) {
                        carryOut(id, incarnation, channel, done);
                    }
                }));
            }
        });
    }
}
