package io.stratoswarm.api.journal;

import java.util.List;

/** RFC 6962 consistency proof; hashes are lower-case hexadecimal. */
public record ConsistencyProof(long size1, long size2, String root1, String root2, List<String> path) {
    public ConsistencyProof {
        path = List.copyOf(path);
    }
}
