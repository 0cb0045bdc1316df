package io.stratoswarm.core.process;

import io.stratoswarm.api.flow.NodeRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The runners of nodes that bundles offer, which come and go; the one that came last is used. */
public final class NodeRunners {
    private final List<NodeRunner> present = new ArrayList<>();
    private Runnable onArrival = () -> {};
    private Consumer<NodeRunner> onDeparture = runner -> {};

    public void add(NodeRunner runner) {
        Runnable then;
        synchronized (this) {
            present.add(runner);
            then = onArrival;
            notifyAll();
        }
        then.run();
    }

    public void remove(NodeRunner runner) {
        Consumer<NodeRunner> then;
        synchronized (this) {
            if (!present.remove(runner)) {
                return;
            }
            then = onDeparture;
        }
        then.accept(runner);
    }

    /** What to do when one has come. */
    public synchronized void onArrival(Runnable then) {
        onArrival = then;
    }

    /** What to do when one is about to go. */
    synchronized void onDeparture(Consumer<NodeRunner> then) {
        onDeparture = then;
    }

    /** One that is there, or comes within this time; null where none does. */
    synchronized @Nullable NodeRunner await(long millis) throws InterruptedException {
        for (long left = millis; present.isEmpty() && left > 0; left -= 100) {
            wait(100);
        }
        return present.isEmpty() ? null : present.getLast();
    }
}
