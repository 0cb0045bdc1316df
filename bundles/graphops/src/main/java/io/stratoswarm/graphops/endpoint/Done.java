package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.flow.NodeContext.RecordInput;
import io.stratoswarm.api.flow.NodeContext.RecordOutput;
import io.stratoswarm.api.graph.Channel;
import java.util.Collections;

/**
 * Says of records that a sink is done with them. Where its flow is to be told so, one record out for each one in, that is what it
 * writes: an empty line each.
 */
final class Done {
    private static final byte[] EMPTY = {};

    private final RecordInput input;
    private final RecordOutput output;

    Done(NodeContext context) {
        input = context.input(Channel.STDIN);
        output = context.output(Channel.STDOUT);
    }

    void are(int records) throws InterruptedException {
        input.doneWithNextWrite();
        output.write(Collections.nCopies(records, EMPTY));
    }
}
