package io.stratoswarm.cli;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.log.LogFolders;
import io.stratoswarm.core.tool.JournalTools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** The journal as a log for outsiders: what the daemon says of it, and folders of it. */
final class AuditLog {
    /** How often a daemon that is busy or holds to its rate is asked again, a second apart. */
    private static final int TRIES = 60;

    private final Context context;

    AuditLog(Context context) {
        this.context = context;
    }

    static <T> T part(Class<T> type) throws Failure {
        return ServiceLoader.load(type)
                .findFirst()
                .orElseThrow(() -> new Failure(
                        ExitCode.UNAVAILABLE,
                        "bundles/audit.jar of the distribution is missing; without it there is no log"));
    }

    ExitCode status() throws Failure, IOException {
        String answer = context.daemon().get("log");
        Map<String, Object> log = JsonText.object(answer);
        String problem = JsonText.text(log, "problem");
        if (context.json()) {
            context.out().println(answer);
            return problem.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
        }
        context.out().println("log     " + JsonText.text(log, "origin"));
        context.out()
                .println("signed  " + log.get("size") + " of " + log.get("journalSize") + " events, root "
                        + JsonText.text(log, "rootHash"));
        for (Map<String, Object> key : JsonText.objects(log, "keys")) {
            String until = JsonText.text(key, "until");
            context.out()
                    .println("key     " + JsonText.text(key, "key")
                            + (until.isEmpty() ? "" : "  (an earlier one; signs until " + until + ")"));
        }
        if (!problem.isEmpty()) {
            throw new Failure(ExitCode.FAILED, problem);
        }
        return ExitCode.OK;
    }

    ExitCode key() throws Failure, IOException {
        Map<String, Object> log = JsonText.object(context.daemon().get("log"));
        for (Map<String, Object> key : JsonText.objects(log, "keys")) {
            if (JsonText.flag(key, "current")) {
                context.out().println(context.json() ? JsonText.write(key) : JsonText.text(key, "key"));
                return ExitCode.OK;
            }
        }
        throw new Failure(ExitCode.FAILED, "the log has no key");
    }

    ExitCode rotate(boolean lost) throws Failure, IOException {
        Map<String, Object> key =
                JsonText.object(context.daemon().postJson("log/keys", Map.<String, Object>of("lost", lost)));
        context.out().println(context.json() ? JsonText.write(key) : JsonText.text(key, "key"));
        return ExitCode.OK;
    }

    ExitCode cosign(String file) throws Failure, IOException {
        String note = ManifestFiles.read(file, context);
        Map<String, Object> answer =
                JsonText.object(context.daemon().post("log/cosignatures", "text/plain; charset=utf-8", note));
        if (context.json()) {
            context.out().println(JsonText.write(answer));
        } else {
            context.out().println("taken: " + answer.get("witnesses"));
        }
        return ExitCode.OK;
    }

    ExitCode erase(String person) throws Failure, IOException {
        String answer = context.daemon().delete("persons/" + ApiClient.encode(person));
        if (context.json()) {
            context.out().println(answer);
        } else {
            context.out()
                    .println(
                            JsonText.flag(JsonText.object(answer), "keyDestroyed")
                                    ? "the key is destroyed; what was sealed under it is unreadable for good"
                                    : "there was no key of this person");
        }
        return ExitCode.OK;
    }

    ExitCode publish(String folder) throws Failure, IOException {
        LogFolders folders = part(LogFolders.class);
        Path target = Path.of(folder).toAbsolutePath();
        LogFolders.Published published;
        try {
            published = answers() ? fromDaemon(folders, target) : fromFiles(folders, target);
        } catch (StratoswarmException e) {
            if (e.getCause() != null && e.getCause().getCause() instanceof Failure failure) {
                throw failure;
            }
            throw new Failure(ExitCode.ofKind(e.kind().name()), String.valueOf(e.getMessage()), e);
        }
        if (context.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("origin", published.origin());
            json.put("before", published.before());
            json.put("size", published.size());
            json.put("rootHash", published.rootHash());
            json.put("files", published.written());
            context.out().println(JsonText.write(json));
        } else {
            context.out()
                    .println("published " + published.origin() + " over " + published.size() + " events, "
                            + (published.size() - published.before()) + " of them new, root " + published.rootHash()
                            + ", into " + target);
        }
        return ExitCode.OK;
    }

    /** Whether a daemon is there to be asked. Where it is, it signs its tree as it is now, for whoever may ask for that. */
    private boolean answers() throws Failure {
        try {
            context.daemon().post("log/checkpoint", "text/plain", "");
            return true;
        } catch (Failure e) {
            if (e.exit() == ExitCode.FORBIDDEN) {
                return true;
            }
            if (e.exit() == ExitCode.UNREACHABLE && context.remote().isEmpty()) {
                return false;
            }
            throw e;
        }
    }

    private LogFolders.Published fromDaemon(LogFolders folders, Path target) {
        return folders.publish(this::fetch, target);
    }

    /** Asks again where the daemon is busy or holds to its rate. */
    private Optional<byte[]> fetch(String path) throws Failure, InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                return context.daemon().bytes("log/" + path);
            } catch (Failure e) {
                if (e.exit() != ExitCode.UNAVAILABLE || tries == TRIES) {
                    throw e;
                }
                Thread.sleep(1_000);
            }
        }
    }

    private LogFolders.Published fromFiles(LogFolders folders, Path target) {
        return JournalTools.tiles(
                context.data(), journal -> folders.publish(folders.stopped(context.data(), journal), target));
    }
}
