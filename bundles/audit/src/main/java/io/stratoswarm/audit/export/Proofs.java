package io.stratoswarm.audit.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.InclusionProof;
import java.util.stream.Collectors;

/** What several formats write alike. */
final class Proofs {
    static final ObjectMapper JSON = new ObjectMapper();

    private Proofs() {}

    /** As {@code docs/journal-format.md} has it. */
    static ObjectNode json(InclusionProof proof) {
        ObjectNode node = JSON.createObjectNode()
                .put("kind", "inclusion")
                .put("sequence", proof.sequence())
                .put("treeSize", proof.treeSize())
                .put("leafHash", proof.leafHash());
        proof.path().forEach(node.putArray("path")::add);
        return node.put("rootHash", proof.rootHash());
    }

    /** Causes as one text, as in the export to CloudEvents. */
    static String causes(Event event) {
        return event.causes().stream().map(Proofs::cause).collect(Collectors.joining(" "));
    }

    private static String cause(Cause cause) {
        return switch (cause) {
            case Cause.OfEvent of -> "event:" + of.journal() + "/" + of.sequence();
            case Cause.OfMetrics of ->
                "metrics:" + of.journal() + "/" + of.block() + "/" + of.fromNanos() + "/" + of.toNanos();
            case Cause.InSameAppend in ->
                throw new IllegalStateException("a stored event names event " + in.index() + " of its append");
        };
    }

    /** Whether a payload can stand in a line as it is. */
    static boolean isText(Event event) {
        String type = event.mediaType();
        if (!type.startsWith("text/") && !type.equals("application/json") && !type.endsWith("+json")) {
            return false;
        }
        String text = event.payloadText();
        return text.indexOf('\uFFFD') < 0 && text.chars().noneMatch(c -> c < 0x20 || c == 0x7F);
    }
}
