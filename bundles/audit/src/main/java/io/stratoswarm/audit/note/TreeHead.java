package io.stratoswarm.audit.note;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.Base64;
import java.util.HexFormat;

/**
 * What a checkpoint of a log says, C2SP tlog-checkpoint: the log, the size of its tree, and the root.
 *
 * @param root lower-case hexadecimal
 */
public record TreeHead(String origin, long size, String root) {
    private static final int ROOT_BYTES = 32;

    /** The text of the note. */
    public String text() {
        byte[] bytes = HexFormat.of().parseHex(root);
        return origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(bytes) + "\n";
    }

    /** Lines after the third are extensions and say nothing here. */
    public static TreeHead parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length < 4 || lines[0].isEmpty() || !lines[1].matches("0|[1-9][0-9]{0,17}")) {
            throw malformed();
        }
        for (int i = 3; i < lines.length - 1; i++) {
            if (lines[i].isEmpty()) {
                throw malformed();
            }
        }
        byte[] root = VerifierKey.base64(lines[2], lines[2]);
        if (root.length != ROOT_BYTES || !lines[lines.length - 1].isEmpty()) {
            throw malformed();
        }
        return new TreeHead(lines[0], Long.parseLong(lines[1]), HexFormat.of().formatHex(root));
    }

    private static StratoswarmException malformed() {
        return new StratoswarmException(
                Kind.INVALID, "this is no checkpoint: its text must be origin, tree size and root hash in base64");
    }
}
