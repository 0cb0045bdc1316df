package io.stratoswarm.core.merkle;

/** Where the stored hashes of a tree come from. */
@FunctionalInterface
public interface HashReader {
    /** The 32 bytes stored at this index (see {@link StoredHashes#index}). */
    byte[] read(long storedIndex);
}
