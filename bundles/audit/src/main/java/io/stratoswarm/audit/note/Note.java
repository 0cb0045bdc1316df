package io.stratoswarm.audit.note;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

/**
 * A text and signatures of it, C2SP signed-note: the text, an empty line, and a line for each signature.
 *
 * @param text ends in a newline
 */
public record Note(String text, List<Signature> signatures) {
    /** C2SP signed-note asks for a limit that is not below 16. */
    private static final int MOST_SIGNATURES = 100;

    private static final int MOST_BYTES = 1 << 20;
    private static final String DASH = "— ";

    /**
     * One signature.
     *
     * @param id of the key
     * @param bytes what the key made, without the id before it
     */
    public record Signature(String name, int id, byte[] bytes) {
        public Signature {
            bytes = bytes.clone();
        }

        @Override
        public byte[] bytes() {
            return bytes.clone();
        }

        static Signature of(VerifierKey key, byte[] bytes) {
            return new Signature(key.name(), key.id(), bytes);
        }

        public boolean isBy(VerifierKey key) {
            return name.equals(key.name()) && id == key.id();
        }

        String line() {
            byte[] all = ByteBuffer.allocate(Integer.BYTES + bytes.length)
                    .putInt(id)
                    .put(bytes)
                    .array();
            return DASH + name + " " + Base64.getEncoder().encodeToString(all) + "\n";
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Signature that
                    && name.equals(that.name)
                    && id == that.id
                    && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return id;
        }
    }

    public Note {
        signatures = List.copyOf(signatures);
        if (!text.endsWith("\n")) {
            throw new StratoswarmException(Kind.INVALID, "the text of a note must end in a newline");
        }
    }

    /** Kind INVALID where the bytes are no note. */
    public static Note parse(byte[] bytes) {
        if (bytes.length > MOST_BYTES) {
            throw malformed("it is larger than " + MOST_BYTES + " bytes");
        }
        String whole;
        try {
            whole = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new StratoswarmException(Kind.INVALID, "this is no signed note: it is not UTF-8", e);
        }
        if (whole.chars().anyMatch(c -> c < 0x20 && c != '\n')) {
            throw malformed("it has control characters");
        }
        // The text may hold empty lines; the last one ends it.
        int end = whole.lastIndexOf("\n\n");
        if (end < 0 || !whole.endsWith("\n")) {
            throw malformed("there is no empty line before the signatures");
        }
        return new Note(whole.substring(0, end + 1), signatures(whole.substring(end + 2)));
    }

    /** Signature lines alone, as a witness may send them. */
    public static List<Signature> signatures(String lines) {
        if (lines.isEmpty() || !lines.endsWith("\n")) {
            throw malformed("it has no signature lines");
        }
        List<Signature> signatures = new ArrayList<>();
        for (String line : lines.substring(0, lines.length() - 1).split("\n", -1)) {
            int space = line.lastIndexOf(' ');
            if (!line.startsWith(DASH) || space < DASH.length()) {
                throw malformed("'" + line + "' is no signature line");
            }
            String name = line.substring(DASH.length(), space);
            byte[] all = VerifierKey.base64(line.substring(space + 1), line);
            if (!VerifierKey.isName(name) || all.length < 1 + Integer.BYTES || signatures.size() == MOST_SIGNATURES) {
                throw malformed("'" + line + "' is no signature line, or there are too many");
            }
            ByteBuffer in = ByteBuffer.wrap(all);
            signatures.add(new Signature(name, in.getInt(), Arrays.copyOfRange(all, Integer.BYTES, all.length)));
        }
        return signatures;
    }

    private static StratoswarmException malformed(String why) {
        return new StratoswarmException(Kind.INVALID, "this is no signed note: " + why);
    }

    public byte[] bytes() {
        return toString().getBytes(StandardCharsets.UTF_8);
    }

    public Note with(Signature signature) {
        List<Signature> all = new ArrayList<>(signatures);
        all.removeIf(it -> it.name().equals(signature.name()) && it.id() == signature.id());
        all.add(signature);
        return new Note(text, all);
    }

    /**
     * Which of these keys have signed the text. Signatures of other keys say nothing and are passed over.
     *
     * @throws StratoswarmException of kind INVALID where a signature by one of the keys is wrong, as C2SP signed-note recommends
     */
    public List<VerifierKey> signers(Collection<VerifierKey> keys) {
        List<VerifierKey> signers = new ArrayList<>();
        for (VerifierKey key : keys) {
            for (Signature signature : signatures) {
                if (signature.isBy(key) && !signers.contains(key)) {
                    if (!verifies(key, text, signature)) {
                        throw new StratoswarmException(
                                Kind.INVALID,
                                "the signature by " + key.name() + "+" + VerifierKey.hex(key.id()) + " is wrong");
                    }
                    signers.add(key);
                }
            }
        }
        return signers;
    }

    /** Whether this signature, of this key by its name and id, is one of the text. */
    public static boolean verifies(VerifierKey key, String text, Signature signature) {
        if (key.kind() == VerifierKey.ED25519) {
            return key.verifies(text.getBytes(StandardCharsets.UTF_8), signature.bytes);
        }
        if (signature.bytes.length != Long.BYTES + VerifierKey.SIGNATURE_BYTES) {
            return false;
        }
        long seconds = ByteBuffer.wrap(signature.bytes).getLong();
        byte[] rest = Arrays.copyOfRange(signature.bytes, Long.BYTES, signature.bytes.length);
        return seconds >= 0 && key.verifies(cosigned(text, seconds), rest);
    }

    /** C2SP tlog-cosignature: what a witness signs. */
    static byte[] cosigned(String text, long seconds) {
        return ("cosignature/v1\ntime " + seconds + "\n" + text).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(text).append('\n');
        signatures.forEach(signature -> out.append(signature.line()));
        return out.toString();
    }
}
