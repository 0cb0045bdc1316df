package io.stratoswarm.core.tool;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.journal.ConsistencyProof;
import io.stratoswarm.api.journal.InclusionProof;

/** Proofs as JSON. */
final class Proofs {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Proofs() {}

    static String toJson(InclusionProof proof) {
        ObjectNode node = JSON.createObjectNode()
                .put("kind", "inclusion")
                .put("sequence", proof.sequence())
                .put("treeSize", proof.treeSize())
                .put("leafHash", proof.leafHash());
        proof.path().forEach(node.putArray("path")::add);
        return node.put("rootHash", proof.rootHash()).toString();
    }

    static String toJson(ConsistencyProof proof) {
        ObjectNode node = JSON.createObjectNode()
                .put("kind", "consistency")
                .put("size1", proof.size1())
                .put("size2", proof.size2())
                .put("root1", proof.root1())
                .put("root2", proof.root2());
        proof.path().forEach(node.putArray("path")::add);
        return node.toString();
    }
}
