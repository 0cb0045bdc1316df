package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.core.merkle.TreeHasher;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Leaf format 1, byte by byte as {@code docs/journal-format.md} fixes it. All integers are big-endian. */
final class Leaf {
    static final int MAX_BYTES = 0xFFFF;
    static final int FORMAT = 1;
    static final int SEQUENCE_AT = 17;
    static final int TIME_AT = 25;
    private static final int FIXED_BYTES = 37;
    private static final int CAUSE_EVENT = 1;
    private static final int CAUSE_METRICS = 2;

    private Leaf() {}

    /**
     * An event ready but for what only the writer knows: sequence, time, and the sequences of causes in the same append.
     *
     * @param frame room for the frame's header, then the leaf
     * @param localCauses pairs of an offset in the frame and an index in the append
     */
    record Draft(byte[] frame, String type, String subject, int[] localCauses) {
        /** Completes all but the checksum, whose place stays 0. */
        void stamp(long sequence, long timeNanos, long firstOfAppend) {
            ByteBuffer buffer = ByteBuffer.wrap(frame);
            buffer.putLong(Frame.HEADER_BYTES + SEQUENCE_AT, sequence);
            buffer.putLong(Frame.HEADER_BYTES + TIME_AT, timeNanos);
            for (int i = 0; i < localCauses.length; i += 2) {
                buffer.putLong(localCauses[i], firstOfAppend + localCauses[i + 1]);
            }
            Frame.head(buffer, sequence);
        }

        /** The leaf's hash, once it is stamped. The 0 before the leaf, where a checksum is to be, serves as the hashed prefix. */
        byte[] hash(TreeHasher hasher) {
            int prefix = Frame.HEADER_BYTES - 1;
            return hasher.prefixedLeaf(frame, prefix, frame.length - prefix);
        }
    }

    private static final int[] NO_CAUSES = new int[0];

    /** Encodes the event at this index of an append. */
    static Draft encode(EventDraft event, UUID journal, int indexInAppend) {
        byte[][] texts = {
            text(event.type(), "type"),
            text(event.source(), "source"),
            text(event.subject(), "subject"),
            text(event.actor(), "actor"),
            text(event.mediaType(), "media type")
        };
        byte[] payload = event.payload();
        long length = FIXED_BYTES + (long) payload.length + causeBytes(event.causes());
        for (byte[] text : texts) {
            length += 2 + text.length;
        }
        if (length > MAX_BYTES) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "event " + event.type() + " of " + event.subject() + " needs " + length + " bytes, the most is "
                            + MAX_BYTES + "; store the payload as a blob and name it by its hash");
        }
        ByteBuffer out = ByteBuffer.allocate(Frame.HEADER_BYTES + (int) length);
        out.position(Frame.HEADER_BYTES);
        out.put((byte) FORMAT).putLong(journal.getMostSignificantBits()).putLong(journal.getLeastSignificantBits());
        out.putLong(0).putLong(0).putShort((short) event.typeVersion());
        out.putShort((short) event.causes().size());
        for (byte[] text : texts) {
            out.putShort((short) text.length).put(text);
        }
        int[] local = putCauses(out, event, journal, indexInAppend);
        out.put(payload);
        return new Draft(out.array(), event.type(), event.subject(), local);
    }

    private static byte[] text(String value, String name) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > Names.MAX_BYTES) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    name + " has " + bytes.length + " bytes, the most is " + Names.MAX_BYTES + ": "
                            + value.substring(0, 40) + "...");
        }
        return bytes;
    }

    private static int causeBytes(List<Cause> causes) {
        int bytes = 0;
        for (Cause cause : causes) {
            bytes += cause instanceof Cause.OfMetrics ? 41 : 25;
        }
        return bytes;
    }

    private static int[] putCauses(ByteBuffer out, EventDraft event, UUID journal, int indexInAppend) {
        int[] local = NO_CAUSES;
        for (Cause cause : event.causes()) {
            switch (cause) {
                case Cause.OfEvent of -> {
                    put(out.put((byte) CAUSE_EVENT), of.journal());
                    out.putLong(of.sequence());
                }
                case Cause.OfMetrics of -> {
                    put(out.put((byte) CAUSE_METRICS), of.journal());
                    out.putLong(of.block()).putLong(of.fromNanos()).putLong(of.toNanos());
                }
                case Cause.InSameAppend in -> {
                    if (in.index() >= indexInAppend) {
                        throw new StratoswarmException(
                                Kind.INVALID,
                                "event " + indexInAppend + " of the append, " + event.type() + ", names event "
                                        + in.index() + " as its cause; a cause must come before it");
                    }
                    put(out.put((byte) CAUSE_EVENT), journal);
                    local = java.util.Arrays.copyOf(local, local.length + 2);
                    local[local.length - 2] = out.position();
                    local[local.length - 1] = in.index();
                    out.putLong(0);
                }
            }
        }
        return local;
    }

    private static void put(ByteBuffer out, UUID id) {
        out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    /** Decodes the leaf between the buffer's position and limit. */
    static Event decode(ByteBuffer in, Texts texts) {
        int format = in.get();
        if (format != FORMAT) {
            throw new StratoswarmException(Kind.DAMAGED, "unknown leaf format " + format + "; this version reads 1");
        }
        UUID journal = texts.id(in.getLong(), in.getLong());
        long sequence = in.getLong();
        long time = in.getLong();
        int typeVersion = in.getShort() & 0xFFFF;
        int causeCount = in.getShort() & 0xFFFF;
        String type = texts.read(in);
        String source = texts.read(in);
        String subject = texts.read(in);
        String actor = texts.read(in);
        String mediaType = texts.read(in);
        List<Cause> causes = causeCount == 0 ? List.of() : causes(in, causeCount, texts);
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        return new Event(
                journal, sequence, time, type, typeVersion, source, subject, actor, causes, mediaType, payload);
    }

    private static List<Cause> causes(ByteBuffer in, int count, Texts texts) {
        List<Cause> causes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int kind = in.get();
            UUID journal = texts.id(in.getLong(), in.getLong());
            causes.add(
                    switch (kind) {
                        case CAUSE_EVENT -> new Cause.OfEvent(journal, in.getLong());
                        case CAUSE_METRICS -> new Cause.OfMetrics(journal, in.getLong(), in.getLong(), in.getLong());
                        default -> throw new StratoswarmException(Kind.DAMAGED, "unknown kind of cause " + kind);
                    });
        }
        return causes;
    }
}
