package io.stratoswarm.audit;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
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

    @Activate
    public ErasureComponent(@Reference Journal journal, @Reference Persons persons) {
        this.journal = journal;
        this.persons = persons;
    }

    @Override
    public boolean erase(String person, String actor) {
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
