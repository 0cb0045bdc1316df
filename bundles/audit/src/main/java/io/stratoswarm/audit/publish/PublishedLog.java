package io.stratoswarm.audit.publish;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.JournalTiles;
import io.stratoswarm.api.log.TransparencyLog;
import io.stratoswarm.audit.note.Note;
import io.stratoswarm.audit.note.TreeHead;
import io.stratoswarm.audit.note.VerifierKey;
import io.stratoswarm.audit.publish.CheckpointSigner.Signed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of the daemon's journal. */
public final class PublishedLog implements TransparencyLog {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedLog.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String BYTES = "application/octet-stream";

    private final JournalTiles journal;
    private final LogSettings settings;
    private final String origin;
    private final LogState state;
    private final LogKeys keys;
    private final LogEvents events;
    private final CheckpointSigner signer;
    private final Tiles tiles;
    private String told = "";

    /** @param data the data folder */
    public PublishedLog(
            Path data,
            Journal journal,
            JournalTiles tiles,
            LogSettings settings,
            InstantSource clock,
            SecureRandom random) {
        this.journal = tiles;
        this.settings = settings;
        // A journal that was restored from a backup has a new id, and so its log has another name.
        this.origin = settings.name() + "/" + journal.id();
        this.state = new LogState(data, journal.id());
        this.events = new LogEvents(journal, origin);
        this.keys = new LogKeys(data.resolve("keys"), events, origin, settings.overlap(), clock, random);
        this.signer = new CheckpointSigner(tiles, state, keys, events, origin, clock);
        this.tiles = new Tiles(tiles);
        keys.open();
        signer.open();
    }

    /** Signs where the tree has grown; what fails is logged once. */
    public void step() {
        try {
            long size = journal.checkpoint().size();
            if (signer.problem().isEmpty()
                    && signer.last().map(last -> last.head().size() != size).orElse(true)) {
                signer.sign();
            }
            told = "";
        } catch (StratoswarmException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.equals(told)) {
                LOG.error("no checkpoint is signed: {}", message);
                told = message;
            }
        }
    }

    @Override
    public Optional<Resource> get(String path) {
        if (path.equals(LogState.CHECKPOINT)) {
            return signer.last().map(last -> text(withCosignatures(last.note())));
        }
        if (path.equals(LogState.COSIGNED)) {
            return state.read(LogState.COSIGNED).map(PublishedLog::text);
        }
        if (path.equals(LogState.MINIMUM)) {
            return tiles.minimumFile().map(bytes -> new Resource(bytes, TEXT, false));
        }
        if (!signer.problem().isEmpty()) {
            // What the journal holds now is not what the checkpoint says.
            throw new StratoswarmException(Kind.CONFLICT, signer.problem());
        }
        long size = signer.last().map(last -> last.head().size()).orElse(0L);
        return TilePath.parse(path)
                .filter(tile -> tile.within(size) && !tiles.pruned(tile))
                .map(tile -> new Resource(tiles.read(tile), BYTES, true));
    }

    private Note withCosignatures(Note note) {
        Optional<Note> cosigned = state.read(LogState.COSIGNED);
        if (cosigned.isEmpty() || !cosigned.get().text().equals(note.text())) {
            return note;
        }
        Note all = note;
        for (Note.Signature signature : cosigned.get().signatures()) {
            all = note.signatures().contains(signature) ? all : all.with(signature);
        }
        return all;
    }

    private static Resource text(Note note) {
        return new Resource(note.bytes(), TEXT, false);
    }

    @Override
    public String sign() {
        return withCosignatures(signer.sign().note()).toString();
    }

    @Override
    public Status status() {
        Optional<Signed> last = signer.last();
        String problem = signer.problem();
        if (problem.isEmpty()) {
            try {
                keys.signers();
            } catch (StratoswarmException e) {
                problem = String.valueOf(e.getMessage());
            }
        }
        return new Status(
                origin,
                keys.listed(),
                last.map(it -> it.head().size()).orElse(0L),
                last.map(it -> it.head().root()).orElse(""),
                last.map(Signed::nanos).orElse(0L),
                journal.checkpoint().size(),
                settings.witnesses().stream().map(VerifierKey::toString).toList(),
                problem);
    }

    @Override
    public Key rotate(boolean lost, String actor) {
        Key key = keys.rotate(lost, actor);
        step();
        return key;
    }

    @Override
    public List<String> cosign(String text, String actor) {
        Note note = Note.parse(text.getBytes(StandardCharsets.UTF_8));
        TreeHead head = TreeHead.parse(note.text());
        if (!head.origin().equals(origin)) {
            throw invalid("this is a checkpoint of " + head.origin() + ", and this log is " + origin);
        }
        if (note.signers(keys.all()).isEmpty()) {
            throw invalid("this checkpoint is signed by no key of this log");
        }
        if (!signer.extended(head)) {
            // It bears our signature, so it was signed here, by a journal that knew more or other events.
            signer.conflict(note, head, actor);
            throw new StratoswarmException(Kind.CONFLICT, signer.problem());
        }
        List<VerifierKey> witnesses = note.signers(settings.witnesses());
        if (witnesses.isEmpty()) {
            throw invalid("no witness of log.witnesses in stratoswarm.audit.cfg has signed this checkpoint");
        }
        keep(note, head, witnesses);
        List<String> names = witnesses.stream().map(VerifierKey::name).toList();
        events.cosigned(head, names, actor);
        return names;
    }

    private synchronized void keep(Note note, TreeHead head, List<VerifierKey> witnesses) {
        List<VerifierKey> known = new ArrayList<>(keys.all());
        known.addAll(witnesses);
        Note kept = new Note(note.text(), List.of());
        for (Note.Signature signature : note.signatures()) {
            if (known.stream().anyMatch(signature::isBy)) {
                kept = kept.with(signature);
            }
        }
        Optional<Note> before = state.read(LogState.COSIGNED);
        if (before.isPresent()) {
            if (before.get().text().equals(kept.text())) {
                for (Note.Signature signature : before.get().signatures()) {
                    boolean renewed = kept.signatures().stream()
                            .anyMatch(it -> it.name().equals(signature.name()) && it.id() == signature.id());
                    kept = renewed ? kept : kept.with(signature);
                }
            } else if (TreeHead.parse(before.get().text()).size() > head.size()) {
                return;
            }
        }
        state.write(LogState.COSIGNED, kept);
    }

    private static StratoswarmException invalid(String message) {
        return new StratoswarmException(Kind.INVALID, message);
    }

    /** For {@code stratoswarm doctor}. */
    public Capability capability() {
        Status status = status();
        return status.problem().isEmpty()
                ? new Capability(
                        "audit.log",
                        true,
                        origin + ", signed over " + status.size() + " of " + status.journalSize() + " events")
                : new Capability("audit.log", false, status.problem());
    }
}
