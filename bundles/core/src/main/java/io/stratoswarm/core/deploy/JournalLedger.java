package io.stratoswarm.core.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Decisions about bundles as events. */
final class JournalLedger implements DeployLedger {
    private static final String SOURCE = "core.deploy";
    private static final String SYSTEM = "system";
    private static final long LIMIT_SECONDS = 10;

    private final Journal journal;
    private final ObjectMapper json = new ObjectMapper();

    JournalLedger(Journal journal) {
        this.journal = journal;
    }

    @Override
    public void loaded(String file, String symbolicName, String version, String sha256, int owner) {
        append("BundleLoaded", file, "uid:" + owner, fields(file, symbolicName, version, sha256));
    }

    @Override
    public void unloaded(String file, String symbolicName, String version, String sha256) {
        append("BundleUnloaded", file, SYSTEM, fields(file, symbolicName, version, sha256));
    }

    @Override
    public void refused(String file, String sha256, String reason) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("file", file);
        fields.put("sha256", sha256);
        fields.put("reason", reason);
        append("BundleRefused", file, SYSTEM, fields);
    }

    @Override
    public void failed(String file, String symbolicName, String version, String sha256, String reason) {
        Map<String, String> fields = fields(file, symbolicName, version, sha256);
        fields.put("reason", reason);
        append("BundleFailed", file, SYSTEM, fields);
    }

    private static Map<String, String> fields(String file, String symbolicName, String version, String sha256) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("file", file);
        fields.put("symbolicName", symbolicName);
        fields.put("version", version);
        fields.put("sha256", sha256);
        return fields;
    }

    private void append(String type, String file, String actor, Map<String, String> fields) {
        String subject = file.isEmpty() ? "deploy" : "deploy/" + file;
        try {
            EventDraft draft =
                    EventDraft.json(type, SOURCE, subject, actor, List.of(), json.writeValueAsString(fields));
            journal.append(Append.of(draft)).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of strings is always JSON", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StratoswarmException known) {
                throw known;
            }
            throw new StratoswarmException(
                    StratoswarmException.Kind.SYSTEM, "the journal did not take " + type + ": " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.TIMEOUT,
                    "the journal did not take " + type + " within " + LIMIT_SECONDS + " s",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(
                    StratoswarmException.Kind.UNAVAILABLE, "interrupted before " + type + " was durable", e);
        }
    }
}
