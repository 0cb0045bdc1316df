package io.stratoswarm.cli;

import java.io.IOException;

/** Where a daemon is reached. */
interface Endpoint {
    /** Opens a connection for one exchange. */
    HttpWire open() throws Failure;

    /** Words for messages: {@code the daemon of /srv/data}. */
    String name();

    /** What a connection that was closed without an answer means here. */
    Failure closed(IOException e);
}
