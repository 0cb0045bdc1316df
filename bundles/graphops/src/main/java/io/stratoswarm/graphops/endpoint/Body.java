package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext.RecordOutput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The records in a body of HTTP, framed as the flow is. */
final class Body {
    static final long MOST_BYTES = 16 << 20;
    private static final int PIECE = 64 << 10;

    private Body() {}

    /**
     * Reads all of it.
     *
     * @throws StratoswarmException kind INVALID where it is too long, or holds a record that the flow would refuse
     */
    static List<byte[]> read(InputStream in, RecordOutput output) throws IOException {
        RecordBuffer buffer = new RecordBuffer(output);
        List<byte[]> records = new ArrayList<>();
        byte[] piece = new byte[PIECE];
        long size = 0;
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            size += read;
            if (size > MOST_BYTES) {
                throw new StratoswarmException(
                        StratoswarmException.Kind.INVALID,
                        "the body is longer than " + MOST_BYTES + " bytes; send its records in several");
            }
            records.addAll(buffer.add(ByteBuffer.wrap(piece, 0, read)));
        }
        byte[] last = buffer.last();
        if (last != null) {
            records.add(last);
        } else if (buffer.rest() > 0) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.INVALID,
                    "the body ends in the middle of a record; nothing of it is taken");
        }
        for (byte[] record : records) {
            if (record.length > output.maxRecordBytes()) {
                throw new StratoswarmException(
                        StratoswarmException.Kind.INVALID,
                        "the body holds a record of more than " + output.maxRecordBytes()
                                + " bytes (maxRecord); nothing of it is taken");
            }
        }
        return records;
    }
}
