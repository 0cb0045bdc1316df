package io.stratoswarm.api.store;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Durable first-in first-out queues of records, for delivery that must survive a crash. */
@ProviderType
public interface QueueStore {
    /** Opens or creates a queue that holds at most {@code maxBytes} of records. */
    Queue open(String name, long maxBytes);

    /** Removes a queue and what it holds. */
    void delete(String name);

    /**
     * Changes several queues of this store at once: all of it is durable when it returns, or nothing was changed.
     *
     * @throws io.stratoswarm.api.StratoswarmException kind FULL where a queue would exceed its limit, or the disk is full
     */
    void write(List<Change> changes);

    /**
     * What is done to one queue: all records before a position are removed, then records are appended.
     *
     * @param beforePosition 0 where nothing is to be removed
     */
    record Change(Queue queue, long beforePosition, List<byte[]> append) {
        public Change {
            append = List.copyOf(append);
        }
    }

    /** A record and its position; positions count from 0 and are never reused. */
    record Entry(long position, byte[] record) {
        public Entry {
            record = record.clone();
        }

        @Override
        public byte[] record() {
            return record.clone();
        }
    }

    /** One queue. A reader reads from where it likes and acknowledges; what is acknowledged is removed. */
    @ProviderType
    interface Queue {
        /**
         * Appends durably.
         *
         * @return position of the first record
         * @throws io.stratoswarm.api.StratoswarmException kind FULL where the queue would exceed its limit
         */
        long append(List<byte[]> records);

        /** At most {@code limit} records from this position on; does not remove them. */
        List<Entry> read(long fromPosition, int limit);

        /** Removes all records before this position, durably. */
        void acknowledge(long beforePosition);

        /** Position of the oldest record kept. */
        long head();

        /** Position that the next record will have. */
        long tail();

        /** Bytes of records kept. */
        long bytes();
    }
}
