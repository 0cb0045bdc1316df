package io.stratoswarm.api.journal;

import java.util.List;

/** RFC 6962 audit path; hashes are lower-case hexadecimal, from the leaf upwards. */
public record InclusionProof(long sequence, long treeSize, String leafHash, List<String> path, String rootHash) {
    public InclusionProof {
        path = List.copyOf(path);
    }
}
