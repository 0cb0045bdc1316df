package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Event;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Decodes frames that were found in raw bytes. Not safe for use by several threads. */
public final class FrameDecoder {
    private final Texts texts = new Texts();

    /** The event in an intact frame of this sequence, or null where it is none. */
    public @Nullable Event decode(byte[] frame, long sequence) {
        ByteBuffer in = ByteBuffer.wrap(frame);
        if (!Frame.intact(in, sequence) || Frame.isLost(in)) {
            return null;
        }
        try {
            Event event = Leaf.decode(in.slice(Frame.HEADER_BYTES, frame.length - Frame.HEADER_BYTES), texts);
            return event.sequence() == sequence ? event : null;
        } catch (StratoswarmException | BufferUnderflowException | IllegalArgumentException e) {
            return null;
        }
    }
}
