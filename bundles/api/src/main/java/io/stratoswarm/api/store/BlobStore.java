package io.stratoswarm.api.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Files by content. The name of a blob is the SHA-256 of its bytes in lower-case hexadecimal. */
@ProviderType
public interface BlobStore {
    /** Stores durably and returns the hash; storing the same bytes again changes nothing. */
    String put(byte[] bytes);

    /** As {@link #put(byte[])}, for what does not fit in memory; reads to the end and does not close the stream. */
    String put(InputStream bytes) throws IOException;

    /** The bytes, checked against their hash (kind DAMAGED where they do not fit), or empty. */
    Optional<byte[]> get(String hash);

    boolean contains(String hash);
}
