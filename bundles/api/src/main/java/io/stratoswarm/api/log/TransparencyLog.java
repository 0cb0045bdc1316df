package io.stratoswarm.api.log;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The journal as a tiled log with signed checkpoints. All methods may be called from any thread. */
@ProviderType
public interface TransparencyLog {
    /**
     * A file of the log.
     *
     * @param lasting whether the bytes under this path never change
     */
    record Resource(byte[] bytes, String mediaType, boolean lasting) {
        public Resource {
            bytes = bytes.clone();
        }

        @Override
        public byte[] bytes() {
            return bytes.clone();
        }
    }

    /**
     * A key that signs checkpoints.
     *
     * @param verifierKey the public key, as C2SP signed-note writes it
     * @param current whether it is the newest one; an earlier one signs beside it for a while
     * @param sinceNanos when it was introduced
     * @param untilNanos when an earlier one signs no longer; 0 for the current one
     */
    record Key(String verifierKey, boolean current, long sinceNanos, long untilNanos) {}

    /**
     * How the log is.
     *
     * @param origin its name, the first line of each checkpoint
     * @param size of the last signed tree; 0 where none is signed
     * @param rootHash of that tree, lower-case hexadecimal; empty where none is signed
     * @param signedNanos when it was signed; 0 where none is
     * @param journalSize how many events the journal has now
     * @param witnesses verifier keys of the witnesses whose cosignatures are taken
     * @param problem why nothing is signed; empty where all is well
     */
    record Status(
            String origin,
            List<Key> keys,
            long size,
            String rootHash,
            long signedNanos,
            long journalSize,
            List<String> witnesses,
            String problem) {
        public Status {
            keys = List.copyOf(keys);
            witnesses = List.copyOf(witnesses);
        }
    }

    /**
     * The file at a path of C2SP tlog-tiles, {@code checkpoint}, {@code tile/LEVEL/INDEX} or {@code tile/entries/INDEX}; and at
     * {@code cosigned} the newest checkpoint that a witness has cosigned. Empty where the last signed tree has no such file.
     */
    Optional<Resource> get(String path);

    /**
     * Signs the tree as it is now, unless that has just been done, and returns the checkpoint.
     *
     * @throws io.stratoswarm.api.StratoswarmException of kind CONFLICT where the journal does not extend what was signed before,
     *     UNAVAILABLE where there is no key
     */
    String sign();

    Status status();

    /**
     * Begins to sign with a new key. The old key vouches for it in the journal, and signs beside it for a while.
     *
     * @param lost whether the old key is gone, so that it vouches for nothing
     */
    Key rotate(boolean lost, String actor);

    /**
     * Takes cosignatures of configured witnesses for a checkpoint of this log.
     *
     * @param note a checkpoint of this log with its signature, and with cosignatures
     * @return names of the witnesses whose cosignatures were taken
     * @throws io.stratoswarm.api.StratoswarmException of kind INVALID where the note is none of this log or no witness signed it;
     *     CONFLICT where it is a checkpoint of this log that the journal does not extend, which is recorded
     */
    List<String> cosign(String note, String actor);
}
