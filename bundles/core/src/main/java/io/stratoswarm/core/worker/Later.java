package io.stratoswarm.core.worker;

import java.util.ArrayList;
import java.util.List;

/** What is done once a lock was left: whoever waits for a future may do anything at all. */
final class Later {
    private final List<Runnable> tasks = new ArrayList<>(2);

    void add(Runnable task) {
        tasks.add(task);
    }

    void run() {
        tasks.forEach(Runnable::run);
    }
}
