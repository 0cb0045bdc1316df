package io.stratoswarm.graphops.node;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/** Puts records into bytes and finds them there: lines, or each behind its length of four bytes, big-endian. */
final class Records {
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int PIECE = 64 << 10;

    private Records() {}

    /** How many bytes they take, after a look whether the framing can carry them. */
    static long size(Framing framing, List<byte[]> records) {
        long size = 0;
        for (byte[] record : records) {
            size += record.length;
            if (framing == Framing.LINES && newline(record, 0, record.length) >= 0) {
                throw new StratoswarmException(
                        StratoswarmException.Kind.INVALID,
                        "a record of " + record.length + " bytes holds a newline, but the flow has the framing lines;"
                                + " use the framing length-prefixed for records of several lines");
            }
        }
        return switch (framing) {
            case LINES -> size + records.size();
            case LENGTH_PREFIXED -> size + 4L * records.size();
            case BYTES -> size;
        };
    }

    static void put(Framing framing, List<byte[]> records, MemorySegment into) {
        long at = 0;
        for (byte[] record : records) {
            if (framing == Framing.LENGTH_PREFIXED) {
                into.set(LENGTH, at, record.length);
                at += 4;
            }
            MemorySegment.copy(record, 0, into, ValueLayout.JAVA_BYTE, at, record.length);
            at += record.length;
            if (framing == Framing.LINES) {
                into.set(ValueLayout.JAVA_BYTE, at++, (byte) '\n');
            }
        }
    }

    static int newline(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Bytes that came, of which some have been given as records. */
    static final class Window {
        private final Framing framing;
        private final long maxRecord;
        private byte[] bytes = new byte[PIECE];
        private int start;
        private int end;
        /** So far there is no newline. */
        private int looked;

        Window(Framing framing, long maxRecord) {
            this.framing = framing;
            this.maxRecord = maxRecord;
        }

        int length() {
            return end - start;
        }

        void clear() {
            start = 0;
            end = 0;
            looked = 0;
        }

        void add(MemorySegment more) {
            int length = (int) more.byteSize();
            if (end + length > bytes.length) {
                byte[] next = length() + length > bytes.length
                        ? new byte[Math.max(2 * bytes.length, length() + length)]
                        : bytes;
                System.arraycopy(bytes, start, next, 0, length());
                bytes = next;
                looked -= start;
                end -= start;
                start = 0;
            }
            MemorySegment.copy(more, ValueLayout.JAVA_BYTE, 0, bytes, end, length);
            end += length;
        }

        /**
         * Takes whole records out.
         *
         * @return how many bytes they took, with what the framing adds
         */
        long take(int most, List<byte[]> into) {
            int before = start;
            while (into.size() < most && one(into)) {
                // It is counted by the places.
            }
            return start - before;
        }

        private boolean one(List<byte[]> into) {
            return switch (framing) {
                case LINES -> line(into);
                case LENGTH_PREFIXED -> prefixed(into);
                case BYTES -> length() > 0 && give(into, start, Math.min(PIECE, length()), 0);
            };
        }

        private boolean line(List<byte[]> into) {
            int newline = newline(bytes, Math.max(start, looked), end);
            looked = newline < 0 ? end : newline + 1;
            if (newline < 0) {
                tooLong(length());
                return false;
            }
            return give(into, start, newline - start, 1);
        }

        private boolean prefixed(List<byte[]> into) {
            if (length() < 4) {
                return false;
            }
            int size = MemorySegment.ofArray(bytes).get(LENGTH, start);
            if (size < 0) {
                tooLong(size & 0xffff_ffffL);
            }
            tooLong(size);
            if (length() - 4 < size) {
                return false;
            }
            start += 4;
            return give(into, start, size, 0);
        }

        private boolean give(List<byte[]> into, int from, int length, int behind) {
            byte[] record = new byte[length];
            System.arraycopy(bytes, from, record, 0, length);
            into.add(record);
            start = from + length + behind;
            return true;
        }

        /** The flow refuses such a record, so what comes is not what the flow's framing says. */
        private void tooLong(long length) {
            if (length > maxRecord) {
                throw new StratoswarmException(
                        StratoswarmException.Kind.DAMAGED,
                        "a record of " + length
                                + " bytes or more came in, but the flow lets none pass that is longer than "
                                + maxRecord + " (maxRecord); its framing may have been changed while records were on"
                                + " their way");
            }
        }

        /** What is left where nothing more comes: a last line without its newline. */
        long takeRest(List<byte[]> into) {
            int before = length();
            if (before > 0 && framing == Framing.LINES) {
                give(into, start, before, 0);
                return before;
            }
            return 0;
        }
    }
}
