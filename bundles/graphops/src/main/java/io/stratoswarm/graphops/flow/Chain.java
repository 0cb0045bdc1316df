package io.stratoswarm.graphops.flow;

import java.util.List;

/** The transforms of a flow, one after the other. Several batches may be on their way at once; each keeps its order. */
final class Chain implements AutoCloseable {
    private final List<Transform> transforms;

    Chain(List<Transform> transforms) {
        this.transforms = List.copyOf(transforms);
    }

    boolean isEmpty() {
        return transforms.isEmpty();
    }

    /** Whether a batch may come back later than at once. */
    boolean waits() {
        return transforms.stream().anyMatch(it -> !(it instanceof Transform.Plain));
    }

    /** Most records of a batch. */
    int batch() {
        return transforms.stream().mapToInt(Transform::batch).min().orElse(Integer.MAX_VALUE);
    }

    /** Starts; the batch says when it is done, and the wake-up comes after that. */
    void run(Batch batch, Runnable wakeUp) {
        from(0, batch, wakeUp);
    }

    private void from(int step, Batch batch, Runnable wakeUp) {
        for (int i = step; i < transforms.size(); i++) {
            Transform transform = transforms.get(i);
            if (transform instanceof Transform.Plain plain) {
                try {
                    plain.apply(batch);
                } catch (RuntimeException e) {
                    batch.fail(e);
                    wakeUp.run();
                    return;
                }
                continue;
            }
            int next = i + 1;
            transform.apply(batch, failure -> {
                if (failure == null) {
                    from(next, batch, wakeUp);
                } else {
                    batch.fail(failure);
                    wakeUp.run();
                }
            });
            return;
        }
        batch.finish();
        wakeUp.run();
    }

    @Override
    public void close() {
        transforms.forEach(Transform::close);
    }
}
