package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.flow.NodeContext;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits that end early where the node is asked to end. */
final class Pause {
    private final CountDownLatch stop = new CountDownLatch(1);

    Pause(NodeContext context) {
        context.whenStopping(stop::countDown);
    }

    /** Whether the node may go on. */
    boolean millis(long millis) throws InterruptedException {
        return !stop.await(millis, TimeUnit.MILLISECONDS);
    }
}
