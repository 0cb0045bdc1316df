package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.graph.FlowSpec.Framing;
import java.nio.ByteBuffer;
import java.util.List;

/** Puts records into bytes as the flow does that they came by: lines, or each behind its length, four bytes, big-endian. */
final class Framed {
    private Framed() {}

    static ByteBuffer bytes(Framing framing, List<byte[]> records) {
        int size = 0;
        for (byte[] record : records) {
            size += record.length + 4;
        }
        ByteBuffer bytes = ByteBuffer.allocate(size);
        for (byte[] record : records) {
            if (framing == Framing.LENGTH_PREFIXED) {
                bytes.putInt(record.length);
            }
            bytes.put(record);
            if (framing == Framing.LINES) {
                bytes.put((byte) '\n');
            }
        }
        return bytes.flip();
    }
}
