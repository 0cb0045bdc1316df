package io.stratoswarm.audit.publish;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.ConsistencyProof;
import io.stratoswarm.api.journal.JournalTiles;
import io.stratoswarm.audit.note.Note;
import io.stratoswarm.audit.note.SigningKey;
import io.stratoswarm.audit.note.TreeHead;
import io.stratoswarm.audit.note.VerifierKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs checkpoints, each only where it is proved to extend the last one, which is remembered over restarts. So a journal that was
 * rolled back to an older copy, or replaced by another one, gets no signature that would contradict an earlier one.
 */
final class CheckpointSigner {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointSigner.class);

    private final JournalTiles journal;
    private final LogState state;
    private final LogKeys keys;
    private final LogEvents events;
    private final String origin;
    private final InstantSource clock;
    private volatile @Nullable Signed last;
    private volatile String problem = "";

    /** A signed checkpoint and when it was signed. */
    record Signed(Note note, TreeHead head, long nanos) {}

    CheckpointSigner(
            JournalTiles journal, LogState state, LogKeys keys, LogEvents events, String origin, InstantSource clock) {
        this.journal = journal;
        this.state = state;
        this.keys = keys;
        this.events = events;
        this.origin = origin;
        this.clock = clock;
    }

    /** Reads back what was signed last and compares the journal with it. */
    synchronized void open() {
        Note note = state.read(LogState.CHECKPOINT).orElse(null);
        if (note != null && !TreeHead.parse(note.text()).origin().equals(origin)) {
            LOG.warn("the log is called {} now; what was signed under its former name is kept aside", origin);
            long millis = clock.millis();
            for (String name : List.of(LogState.CHECKPOINT, LogState.COSIGNED, LogState.CONFLICT)) {
                state.retire(name, millis);
            }
            note = null;
        }
        if (note != null) {
            TreeHead head = TreeHead.parse(note.text());
            if (note.signers(keys.all()).isEmpty()) {
                // A journal from before a rotation of keys knows none of the newer ones.
                LOG.warn("{} is signed by no key that the journal knows", state.file(LogState.CHECKPOINT));
            }
            last = new Signed(note, head, now());
            if (!extended(head)) {
                conflict(note, head, "system");
            }
        }
        Optional<Note> evidence = state.read(LogState.CONFLICT);
        if (evidence.isPresent() && problem.isEmpty()) {
            problem = words(TreeHead.parse(evidence.get().text()));
        }
    }

    private long now() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    Optional<Signed> last() {
        return Optional.ofNullable(last);
    }

    String problem() {
        return problem;
    }

    /** Whether the journal extends this tree. */
    boolean extended(TreeHead head) {
        Checkpoint now = journal.checkpoint();
        if (head.size() > now.size()) {
            return false;
        }
        return head.size() == 0 || proved(head, now);
    }

    private boolean proved(TreeHead head, Checkpoint now) {
        ConsistencyProof proof = journal.proveConsistency(head.size(), now.size());
        return proof.root1().equals(head.root())
                && proof.root2().equals(now.rootHash())
                && new TreeHash().consistent(head.size(), now.size(), head.root(), now.rootHash(), proof.path());
    }

    /** Remembers that the journal does not extend what was signed, says so, and signs no more. */
    synchronized void conflict(Note note, TreeHead head, String actor) {
        problem = words(head);
        LOG.error("{}", problem);
        Checkpoint now = journal.checkpoint();
        state.write(LogState.CONFLICT, note);
        try {
            events.conflict(note, head, now.size(), now.rootHash(), actor);
        } catch (StratoswarmException e) {
            // The evidence is in its file; that no event tells of it must not keep the daemon from telling.
            LOG.error("that the journal is not what was signed could not be recorded: {}", e.getMessage());
        }
    }

    private String words(TreeHead head) {
        return "the journal is not what was signed: a checkpoint of " + origin + " over " + head.size()
                + " events, root " + head.root()
                + ", was signed, and the journal does not extend it; it was rolled back"
                + " to an older copy or replaced. Nothing is signed. Bring the newer journal back, or begin a log of"
                + " another name: log.name in stratoswarm.audit.cfg";
    }

    /** Signs the tree as it is now, where it is not what was signed last. */
    synchronized Signed sign() {
        if (!problem.isEmpty()) {
            throw new StratoswarmException(Kind.CONFLICT, problem);
        }
        List<SigningKey> signers = keys.signers();
        Checkpoint now = journal.checkpoint();
        Signed before = last;
        if (before != null) {
            if (before.head.size() == now.size()
                    && before.head.root().equals(now.rootHash())
                    && signedBy(before.note, signers)) {
                return before;
            }
            if (before.head.size() > now.size() || !proved(before.head, now)) {
                conflict(before.note, before.head, "system");
                throw new StratoswarmException(Kind.CONFLICT, problem);
            }
        }
        TreeHead head = new TreeHead(origin, now.size(), now.rootHash());
        Note note = new Note(head.text(), List.of());
        for (SigningKey signer : signers) {
            note = note.with(signer.sign(head.text()));
        }
        state.write(LogState.CHECKPOINT, note);
        Signed signed = new Signed(note, head, now());
        last = signed;
        return signed;
    }

    private static boolean signedBy(Note note, List<SigningKey> signers) {
        List<VerifierKey> wanted = signers.stream().map(SigningKey::verifier).toList();
        return note.signers(wanted).size() == wanted.size() && note.signatures().size() == wanted.size();
    }
}
