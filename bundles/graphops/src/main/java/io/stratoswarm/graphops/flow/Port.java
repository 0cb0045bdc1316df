package io.stratoswarm.graphops.flow;

import java.util.OptionalLong;

/**
 * A channel of one replica.
 *
 * @param incarnation of a channel that each start makes anew
 */
record Port(String agent, String channel, OptionalLong incarnation) {
    @Override
    public String toString() {
        return agent + "." + channel;
    }
}
