package io.stratoswarm.audit.publish;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.log.TransparencyLog;
import io.stratoswarm.audit.note.Note;
import io.stratoswarm.audit.note.SigningKey;
import io.stratoswarm.audit.note.VerifierKey;
import io.stratoswarm.audit.publish.LogEvents.Introduced;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that sign the log. The events say which they are; a key file without an event is of a rotation that was cut off, and goes.
 * So the event is the one moment at which a key becomes the current one.
 */
final class LogKeys {
    private static final Logger LOG = LoggerFactory.getLogger(LogKeys.class);
    private static final String SYSTEM = "system";

    private final Path folder;
    private final LogEvents events;
    private final String origin;
    private final Duration overlap;
    private final InstantSource clock;
    private final SecureRandom random;
    private List<Introduced> introduced = List.of();

    LogKeys(Path folder, LogEvents events, String origin, Duration overlap, InstantSource clock, SecureRandom random) {
        this.folder = folder;
        this.events = events;
        this.origin = origin;
        this.overlap = overlap;
        this.clock = clock;
        this.random = random;
    }

    /** Finds the keys; makes the first one where the journal knows none. */
    synchronized void open() {
        PrivateFiles.folder(folder);
        introduced = events.keys();
        clear();
        if (introduced.isEmpty()) {
            introduce(Optional.empty(), false, SYSTEM);
        }
    }

    /** All keys that this log ever had, oldest first. */
    synchronized List<VerifierKey> all() {
        return introduced.stream().map(Introduced::key).toList();
    }

    synchronized List<TransparencyLog.Key> listed() {
        List<TransparencyLog.Key> keys = new ArrayList<>();
        for (int i = introduced.size() - 1; i >= 0; i--) {
            Introduced key = introduced.get(i);
            keys.add(new TransparencyLog.Key(
                    key.key().toString(), i == introduced.size() - 1, key.sinceNanos(), until(i)));
        }
        return keys;
    }

    /** When a key signs no longer; 0 for the current one. */
    private long until(int index) {
        return index == introduced.size() - 1 ? 0 : introduced.get(index + 1).sinceNanos() + overlap.toNanos();
    }

    private long now() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    /**
     * The keys to sign with now, the current one first.
     *
     * @throws StratoswarmException of kind UNAVAILABLE where the current one is gone
     */
    synchronized List<SigningKey> signers() {
        List<SigningKey> signers = new ArrayList<>();
        Introduced current = introduced.getLast();
        signers.add(load(current.key())
                .orElseThrow(() -> new StratoswarmException(
                        Kind.UNAVAILABLE,
                        "the signing key " + file(current.key()) + " is missing or not the key " + current.key()
                                + "; bring it back, or begin with a new one that nothing vouches for:"
                                + " stratoswarm audit key rotate --lost")));
        for (int i = introduced.size() - 2; i >= 0 && now() < until(i); i--) {
            load(introduced.get(i).key()).ifPresent(signers::add);
        }
        return signers;
    }

    private Path file(VerifierKey key) {
        return folder.resolve("log-" + HexFormat.of().toHexDigits(key.id()) + ".key");
    }

    private Optional<SigningKey> load(VerifierKey key) {
        return read(file(key)).filter(found -> found.verifier().equals(key));
    }

    private static Optional<SigningKey> read(Path file) {
        try {
            return PrivateFiles.read(file)
                    .map(bytes -> SigningKey.parse(new String(bytes, StandardCharsets.UTF_8).strip()));
        } catch (StratoswarmException e) {
            LOG.warn("the key file {} cannot be used: {}", file, e.getMessage());
            return Optional.empty();
        }
    }

    /** The old key vouches for the new one; where it is lost nothing does. */
    synchronized TransparencyLog.Key rotate(boolean lost, String actor) {
        Optional<SigningKey> old = load(introduced.getLast().key());
        if (old.isPresent() == lost) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    lost
                            ? "the current key is there; rotate without --lost, so that it vouches for the new one"
                            : "the current key " + file(introduced.getLast().key())
                                    + " is gone and cannot vouch for a new one; bring it back or rotate with --lost");
        }
        introduce(old, lost, actor);
        clear();
        return listed().getFirst();
    }

    private void introduce(Optional<SigningKey> old, boolean lost, String actor) {
        SigningKey key = SigningKey.generate(origin, VerifierKey.ED25519, random);
        String text = introduction(origin, key.verifier());
        Note note = new Note(text, List.of()).with(key.sign(text));
        if (old.isPresent()) {
            note = note.with(old.get().sign(text));
        }
        PrivateFiles.write(file(key.verifier()), (key.text() + "\n").getBytes(StandardCharsets.UTF_8));
        long since = events.introduced(key.verifier(), note, lost, actor);
        List<Introduced> all = new ArrayList<>(introduced);
        all.add(new Introduced(key.verifier(), since));
        introduced = List.copyOf(all);
        LOG.info("the log {} is signed with the key {}", origin, key.verifier());
    }

    /** What is signed to introduce a key. No checkpoint has this text, for its second line would be a number. */
    static String introduction(String origin, VerifierKey key) {
        return "stratoswarm log key/v1\n" + origin + "\n" + key + "\n";
    }

    /** Deletes the files of keys that never became current, or sign no longer. */
    private void clear() {
        List<VerifierKey> needed = new ArrayList<>();
        for (int i = 0; i < introduced.size(); i++) {
            if (until(i) == 0 || now() < until(i)) {
                needed.add(introduced.get(i).key());
            }
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "log-*.key")) {
            for (Path file : files) {
                boolean ours = read(file)
                        .map(SigningKey::verifier)
                        .filter(key -> key.name().equals(origin) && !needed.contains(key))
                        .isPresent();
                if (ours) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot clear the keys in " + folder + ": " + e, e);
        }
    }
}
