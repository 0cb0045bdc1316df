package io.stratoswarm.audit.verify;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/** A signed note, C2SP signed-note. */
record SignedText(String text, List<Line> lines) {
    private static final String DASH = "— ";

    /** A signature line; the id is of eight hexadecimal digits. */
    record Line(String name, String id, byte[] signature) {}

    static SignedText parse(byte[] bytes) throws Bad {
        String whole;
        try {
            whole = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Bad("is no signed note: it is not UTF-8");
        }
        int end = whole.lastIndexOf("\n\n");
        if (end < 0 || !whole.endsWith("\n") || whole.length() == end + 2) {
            throw new Bad("is no signed note: it has no signatures");
        }
        List<Line> lines = new ArrayList<>();
        for (String line : whole.substring(end + 2, whole.length() - 1).split("\n", -1)) {
            int space = line.lastIndexOf(' ');
            if (!line.startsWith(DASH) || space <= DASH.length()) {
                throw new Bad("is no signed note: the line '" + line + "' is no signature");
            }
            try {
                byte[] all = Base64.getDecoder().decode(line.substring(space + 1));
                if (all.length < 5) {
                    throw new Bad("is no signed note: a signature of '" + line + "' is too short");
                }
                lines.add(new Line(
                        line.substring(DASH.length(), space),
                        HexFormat.of().formatHex(all, 0, 4),
                        Arrays.copyOfRange(all, 4, all.length)));
            } catch (IllegalArgumentException e) {
                throw new Bad("is no signed note: the line '" + line + "' has no base64");
            }
        }
        return new SignedText(whole.substring(0, end + 1), List.copyOf(lines));
    }

    /** Which of the keys have signed; what others signed says nothing. A wrong signature under one of the keys is bad. */
    List<Keys> signers(Collection<Keys> keys) throws Bad {
        List<Keys> signers = new ArrayList<>();
        for (Keys key : keys) {
            for (Line line : lines) {
                if (line.name.equals(key.name()) && line.id.equals(key.id())) {
                    if (!holds(key, line.signature)) {
                        throw new Bad("bears a wrong signature under the key " + key.text());
                    }
                    if (!signers.contains(key)) {
                        signers.add(key);
                    }
                }
            }
        }
        return signers;
    }

    private boolean holds(Keys key, byte[] signature) {
        if (key.kind() == 1) {
            return key.verifies(text.getBytes(StandardCharsets.UTF_8), signature);
        }
        // C2SP tlog-cosignature: eight bytes of time before the signature, and the time within what is signed.
        if (signature.length != 8 + 64) {
            return false;
        }
        long seconds = ByteBuffer.wrap(signature).getLong();
        String message = "cosignature/v1\ntime " + seconds + "\n" + text;
        return key.verifies(
                message.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(signature, 8, signature.length));
    }

    /** A checkpoint, C2SP tlog-checkpoint. */
    record Head(String origin, long size, byte[] root) {}

    Head head() throws Bad {
        String[] fields = text.split("\n", -1);
        if (fields.length < 4 || fields[0].isEmpty() || !fields[1].matches("0|[1-9][0-9]{0,17}")) {
            throw new Bad("is no checkpoint: its text must be origin, tree size and root hash");
        }
        try {
            byte[] root = Base64.getDecoder().decode(fields[2]);
            if (root.length == 32) {
                return new Head(fields[0], Long.parseLong(fields[1]), root);
            }
        } catch (IllegalArgumentException e) {
            throw new Bad("is no checkpoint: its third line is no base64");
        }
        throw new Bad("is no checkpoint: its third line is no root hash");
    }
}
