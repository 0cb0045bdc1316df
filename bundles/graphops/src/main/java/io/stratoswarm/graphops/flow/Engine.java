package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.flow.FlowStatus;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.flow.Flows.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The workers with their threads. A graph is on one of them, so that what shares a channel is too. */
public final class Engine implements AutoCloseable {
    private static final long ANSWER_SECONDS = 10;
    private static final long END_MILLIS = 10_000;

    private final List<Worker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Meter> meters = new ArrayList<>();

    Engine(int count, Function<Worker, Shop> shop) {
        for (int i = 0; i < count; i++) {
            Worker worker = new Worker(shop);
            Thread thread = new Thread(worker::loop, "flows-" + i);
            thread.setDaemon(true);
            workers.add(worker);
            threads.add(thread);
            meters.add(new Meter());
        }
        threads.forEach(Thread::start);
    }

    private int index(String graph) {
        return (int) Math.floorMod(Receiver.key(graph), (long) workers.size());
    }

    private Worker worker(String graph) {
        return workers.get(index(graph));
    }

    /** Runs what the graph declares; returns once the worker has taken it over. */
    void apply(GraphNow now) {
        Worker worker = worker(now.graph());
        ask(worker, () -> {
            worker.graph(now.graph()).apply(now);
            return true;
        });
    }

    /** Ends the flows of a graph that is gone, and removes what was kept of them. */
    void delete(String graph) {
        Worker worker = worker(graph);
        ask(worker, () -> {
            worker.graph(graph).delete();
            worker.forget(graph);
            return true;
        });
    }

    List<FlowStatus> status(String graph) {
        int index = index(graph);
        Worker worker = workers.get(index);
        return ask(worker, () -> meters.get(index).status(worker.graph(graph), worker.nanos()));
    }

    List<Waiting> waiting(String graph) {
        Worker worker = worker(graph);
        return ask(worker, () -> worker.graph(graph).waiting());
    }

    Optional<String> drain(String graph, Flows.Drain asked) {
        Worker worker = worker(graph);
        return ask(worker, () -> worker.graph(graph).drain(asked));
    }

    /** The same once it runs what is declared now; where nothing is left, it goes on at once with what comes then. */
    Optional<String> drain(GraphNow now, Flows.Drain asked, GraphNow then) {
        Worker worker = worker(now.graph());
        return ask(worker, () -> {
            GraphFlows graph = worker.graph(now.graph());
            graph.apply(now);
            Optional<String> left = graph.drain(asked);
            if (left.isEmpty() && then != now) {
                graph.apply(then);
            }
            return left;
        });
    }

    /** Looks at all flows, about once in a second, so that rates can be told. */
    void measure() {
        for (int i = 0; i < workers.size(); i++) {
            Worker worker = workers.get(i);
            Meter meter = meters.get(i);
            ask(worker, () -> {
                worker.graphs().forEach(it -> meter.look(it, worker.nanos()));
                return true;
            });
        }
    }

    private static <T> T ask(Worker worker, java.util.function.Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        worker.run(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new StratoswarmException(
                    Kind.TIMEOUT,
                    "the flows did not answer within " + ANSWER_SECONDS + " s; look at the daemon's log",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "interrupted while waiting for the flows", e);
        }
    }

    /** Stops at the end of a step; nothing is only in memory then, and another engine may go on. */
    @Override
    public void close() {
        workers.forEach(Worker::close);
        for (Thread thread : threads) {
            try {
                thread.join(END_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
