package io.stratoswarm.audit;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.LegalHolds;
import io.stratoswarm.api.journal.Persons;
import io.stratoswarm.api.log.Erasure;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Destroys keys of persons, and records that it did. */
@Component(immediate = true, service = Erasure.class)
public final class ErasureComponent implements Erasure {
    private final Journal journal;
    private final Persons persons;
    private final LegalHolds holds;

    @Activate
    public ErasureComponent(@Reference Journal journal, @Reference Persons persons, @Reference LegalHolds holds) {
        this.journal = journal;
        this.persons = persons;
        this.holds = holds;
    }

    @Override
    public boolean erase(String person, String actor) {
        holds.holding(person).ifPresent(hold -> {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "legal hold " + hold.id() + " of " + hold.actor() + " forbids to erase this person: "
                            + hold.reason() + "; once it is over, 'stratoswarm audit release " + hold.id()
                            + "' ends it");
        });
        boolean there = persons.forget(person);
        // Whom it was about must not be told by the record of having forgotten it.
        byte[] name = person.getBytes(StandardCharsets.UTF_8);
        SHA256Digest digest = new SHA256Digest();
        digest.update(name, 0, name.length);
        byte[] hash = new byte[digest.getDigestSize()];
        digest.doFinal(hash, 0);
        String hex = HexFormat.of().formatHex(hash);
        EventDraft draft = EventDraft.json(
                "PersonErased",
                "audit.erasure",
                "person/" + hex.substring(0, 16),
                actor,
                List.of(),
                "{\"personSha256\":\"" + hex + "\",\"keyDestroyed\":" + there + "}");
        try {
            journal.append(Append.of(draft)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StratoswarmException failure ? failure : e;
        }
        return there;
    }
}
