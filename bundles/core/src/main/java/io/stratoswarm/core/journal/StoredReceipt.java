package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What is kept under an idempotency key. */
record StoredReceipt(long firstSequence, int count, long timeNanos) {
    static byte[] key(String idempotencyKey) {
        byte[] key = idempotencyKey.getBytes(StandardCharsets.UTF_8);
        if (key.length == 0 || key.length > Names.MAX_BYTES) {
            throw new StratoswarmException(
                    Kind.INVALID, "an idempotency key has 1.." + Names.MAX_BYTES + " bytes, this one " + key.length);
        }
        return key;
    }

    static StoredReceipt read(ByteBuffer in) {
        int at = in.position();
        return new StoredReceipt(in.getLong(at), in.getInt(at + 8), in.getLong(at + 12));
    }

    ByteBuffer direct() {
        return ByteBuffer.allocateDirect(20)
                .putLong(firstSequence)
                .putInt(count)
                .putLong(timeNanos)
                .flip();
    }
}
