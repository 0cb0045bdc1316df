package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.graphops.flow.queue.Deliveries;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * What all flows of a thread work with.
 *
 * @param scratch empty between uses
 * @param folder where the state of flows is kept
 * @param boot tells one start of the host from another
 */
record Shop(
        Pipes pipes,
        Pipe scratch,
        Buffer buffer,
        Path folder,
        long boot,
        InstantSource clock,
        LongSupplier monotonic,
        Notices notices,
        StepMaker steps,
        Deliveries deliveries) {
    /** Longest part of the name of a kept pipe. */
    private static final int LONGEST = 90;

    /** Prefix of the kept pipes of a flow. */
    static String pipesOf(String graph, String flow) {
        return pipesOf(graph) + part(flow) + "/";
    }

    /** Prefix of the kept pipes of all flows of a graph. */
    static String pipesOf(String graph) {
        return "flow/" + part(graph) + "/";
    }

    /** As it is, or where it is long its beginning and its hash. */
    static String part(String name) {
        return name.length() <= LONGEST
                ? name
                : name.substring(0, LONGEST - 20) + "-" + Long.toHexString(Receiver.key(name));
    }

    Path folderOf(String graph) {
        return folder.resolve(part(graph));
    }
}
