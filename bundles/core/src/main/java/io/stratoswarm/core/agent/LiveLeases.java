package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.Lease;
import io.stratoswarm.api.agent.Leases;
import java.util.concurrent.CompletableFuture;

/** The service over a supervisor. */
record LiveLeases(Supervisor supervisor) implements Leases {
    @Override
    public CompletableFuture<Lease> lease(String id, String holder, long millis, String reason) {
        return supervisor.command(done -> supervisor.leasing.lease(id, holder, millis, reason, done));
    }

    @Override
    public CompletableFuture<Void> release(String id, String holder) {
        return supervisor.command(done -> supervisor.leasing.release(id, holder, done));
    }
}
