package io.stratoswarm.graphops.node;

import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.graph.Graphs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * What nodes share.
 *
 * @param root of the folders of all nodes
 * @param boot tells this boot of the host from all others
 * @param graphs what a graph declares, by its name
 * @param background runs what may block, each on a thread of its own
 */
record NodeParts(
        Path root,
        String boot,
        Pipes pipes,
        PipeWaits waits,
        Function<String, Optional<Graphs.Declaration>> graphs,
        Executor background) {
    static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    /** Of names of kept pipes at most 200 characters are allowed, and a channel's name has up to 63. */
    private static final int LONGEST_NAME = 120;

    Path folder(String agent) {
        return root.resolve(agent);
    }

    Optional<Graphs.Declaration> graph(String name) {
        return graphs.apply(name);
    }

    /** What the names of all its kept pipes begin with. */
    String keptName(String agent) {
        return "node/" + (agent.length() <= LONGEST_NAME ? agent : hash(agent)) + "/";
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
