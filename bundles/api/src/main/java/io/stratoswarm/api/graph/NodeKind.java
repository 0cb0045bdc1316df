package io.stratoswarm.api.graph;

import java.util.Optional;
import java.util.OptionalLong;

/** What a node is. */
public sealed interface NodeKind {
    /** The kind of every node that does not say otherwise. */
    NodeKind PROCESS = new Process();

    /** The word that a manifest uses. */
    String type();

    /** A program, run by one or more agents. */
    record Process() implements NodeKind {
        @Override
        public String type() {
            return "process";
        }
    }

    /**
     * A transform that runs in the script host.
     *
     * @param script name of a script
     * @param batch most records that it is given at once
     */
    record Script(String script, int batch) implements NodeKind {
        @Override
        public String type() {
            return "script";
        }
    }

    /** Brings records in. */
    record Source(Endpoint endpoint) implements NodeKind {
        @Override
        public String type() {
            return "source";
        }
    }

    /** Takes records out. */
    record Sink(Endpoint endpoint) implements NodeKind {
        @Override
        public String type() {
            return "sink";
        }
    }

    /**
     * A type that a bundle adds.
     *
     * @param type id of a {@link NodeType}
     * @param settings a JSON object
     */
    record Plugin(String type, String settings) implements NodeKind {}

    /** Where a source takes records from, or a sink gives them to. */
    sealed interface Endpoint {
        /**
         * A file.
         *
         * @param path absolute
         * @param follow of a source: goes on with what is appended, also across rotation
         * @param fromEnd of a source: begins at the end of what is there
         * @param append of a sink: keeps what the file holds
         */
        record File(String path, boolean follow, boolean fromEnd, boolean append) implements Endpoint {}

        /**
         * A stream socket.
         *
         * @param listen whether it waits for others to connect
         * @param address {@code host:port}, or an absolute path of a unix socket
         */
        record Socket(boolean listen, String address) implements Endpoint {}

        /**
         * HTTP. A source with {@code listen} takes the bodies of POST requests as records; one with a URL asks for it again and
         * again. A sink posts records to the URL.
         *
         * @param listen {@code host:port}; absent where a URL is given
         * @param intervalMillis of a source with a URL: time between two requests
         */
        record Http(Optional<String> listen, Optional<String> url, OptionalLong intervalMillis) implements Endpoint {}
    }
}
