package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowLedger;

/** What a worker tells. Called on its thread; does not block. */
interface Notices {
    /** @param count how often this flow has started, over all restarts of the daemon; the same again is no new start */
    void started(String graph, String flow, long count);

    void ended(String graph, String flow, long count, String reason, FlowLedger ledger);

    /** Nothing more comes to this channel. Its pipe is closed here; {@code failed} says that it must be told again. */
    void endInput(String agent, long incarnation, String channel, Runnable failed);
}
