package io.stratoswarm.audit.note;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against the keys and notes that golang.org/x/mod/sumdb/note and the C2SP documents publish. */
class NoteTest {
    private static final String PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private static final String PETER_SECRET =
            "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    private static final String ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
    private static final String TEXT =
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    private static final String PETER_LINE =
            "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    private static final String ENOCH_LINE =
            "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
    private static final String CHECKPOINT =
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    @Test
    void shouldReadKeysAndRefuseEveryManglingOfThem() {
        assertEquals(PETER, VerifierKey.parse(PETER).toString());
        assertEquals(PETER_SECRET, SigningKey.parse(PETER_SECRET).text());
        assertEquals(VerifierKey.parse(PETER), SigningKey.parse(PETER_SECRET).verifier());
        for (String whole : List.of(PETER, PETER_SECRET)) {
            for (int i = 0; i < whole.length(); i++) {
                String cut = whole.substring(0, i);
                String tail = whole.substring(i + 1);
                String other = cut + (char) (whole.charAt(i) + 1) + tail;
                for (String bad : List.of(cut, tail, other)) {
                    assertThrows(StratoswarmException.class, () -> VerifierKey.parse(bad), bad);
                    assertThrows(StratoswarmException.class, () -> SigningKey.parse(bad), bad);
                }
            }
        }
        for (String bad : List.of(
                "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
                "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")) {
            assertThrows(StratoswarmException.class, () -> VerifierKey.parse(bad));
        }
    }

    @Test
    void shouldSignAsTheReferenceDoes() {
        Note note =
                new Note(TEXT, List.of()).with(SigningKey.parse(PETER_SECRET).sign(TEXT));
        assertEquals(TEXT + "\n" + PETER_LINE, note.toString());
    }

    @Test
    void shouldOpenNotesOfSeveralKeys() {
        VerifierKey peter = VerifierKey.parse(PETER);
        VerifierKey enoch = VerifierKey.parse(ENOCH);
        Note note = Note.parse((TEXT + "\n" + PETER_LINE + ENOCH_LINE).getBytes(UTF_8));
        assertEquals(TEXT, note.text());
        assertEquals(List.of(peter, enoch), note.signers(List.of(peter, enoch)));
        assertEquals(List.of(enoch), note.signers(List.of(enoch)));
        assertEquals(List.of(), note.signers(List.of()));
        assertEquals(TEXT + "\n" + PETER_LINE + ENOCH_LINE, note.toString());
        Note other = new Note(TEXT + "more\n", note.signatures());
        assertThrows(StratoswarmException.class, () -> other.signers(List.of(peter)));
        assertEquals(List.of(), other.signers(List.of()));
    }

    @Test
    void shouldRefuseWhatIsNoNote() {
        for (String bad : List.of(
                TEXT,
                TEXT + "\n",
                TEXT + "\n" + PETER_LINE.substring(0, PETER_LINE.length() - 1),
                "\u0001" + TEXT + "\n" + PETER_LINE,
                TEXT
                        + "\n— Bad Name x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
                TEXT + "\n" + PETER_LINE + "Unexpected line.\n",
                TEXT + "\n" + PETER_LINE.repeat(101))) {
            assertThrows(StratoswarmException.class, () -> Note.parse(bad.getBytes(UTF_8)), bad);
        }
        assertThrows(StratoswarmException.class, () -> Note.parse(new byte[] {(byte) 0xFF, '\n', '\n'}));
    }

    @Test
    void shouldReadTheCheckpointOfTheSpecification() {
        TreeHead head = TreeHead.parse(CHECKPOINT);
        assertEquals("example.com/behind-the-sofa", head.origin());
        assertEquals(20_852_163, head.size());
        assertEquals(CHECKPOINT, head.text());
        assertEquals(head, TreeHead.parse(CHECKPOINT + "extension\n"));
        for (String bad : List.of(
                "a\n1\n",
                "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
                "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
                "a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
                "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2=\n",
                "a\n1\nAAAA\n")) {
            assertThrows(StratoswarmException.class, () -> TreeHead.parse(bad), bad);
        }
    }

    @Test
    void shouldCosignAsAWitnessDoes() {
        SigningKey witness = SigningKey.generate("witness.example.com/w1", VerifierKey.COSIGNATURE, new SecureRandom());
        Note note = new Note(CHECKPOINT, List.of()).with(witness.cosign(CHECKPOINT, 1_679_315_147));
        Note read = Note.parse(note.bytes());
        assertEquals(List.of(witness.verifier()), read.signers(List.of(witness.verifier())));
        assertEquals(
                "cosignature/v1\ntime 1679315147\n" + CHECKPOINT,
                new String(Note.cosigned(CHECKPOINT, 1_679_315_147), UTF_8));
        // The same key under the other kind has another id, so that neither passes for the other.
        VerifierKey plain = new VerifierKey(
                "witness.example.com/w1",
                VerifierKey.ED25519,
                witness.verifier().key());
        assertFalse(read.signatures().getFirst().isBy(plain));
        assertTrue(read.signers(List.of(plain)).isEmpty());
        Note moved = new Note(CHECKPOINT.replace("163", "164"), read.signatures());
        assertThrows(StratoswarmException.class, () -> moved.signers(List.of(witness.verifier())));
    }

    /** The example of C2SP tlog-cosignature gives no keys, so only its shape is held. */
    @Test
    void shouldReadTheLinesOfTheSpecification() {
        String whole = CHECKPOINT
                + "\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
                + "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
        Note note = Note.parse(whole.getBytes(UTF_8));
        assertEquals(whole, note.toString());
        assertEquals(0x8d66cf3f, note.signatures().get(1).id());
        assertEquals(72, note.signatures().get(1).bytes().length);
    }
}
