package io.stratoswarm.core.pipe;

import java.nio.file.Path;
import java.util.OptionalLong;

/** Where the FIFO of an agent's channel lies, if it is there. */
@FunctionalInterface
public interface ChannelPaths {
    /**
     * Its path, whether or not something is there.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind CONFLICT where it may not be opened any more
     */
    Path path(String agent, String channel, OptionalLong incarnation);
}
