package io.stratoswarm.graphops.flow;

/**
 * A channel of one replica.
 *
 * @param fresh whether each start of the agent makes it anew
 */
record Port(String agent, String channel, boolean fresh) {
    @Override
    public String toString() {
        return agent + "." + channel;
    }
}
