package io.stratoswarm.core.script;

import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptStatus;
import io.stratoswarm.api.script.ScriptTrace;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One file, and what runs of it. Changed under the lock of its {@link ScriptSet} alone; the fields that others show are volatile. */
final class Entry {
    final Path path;
    final boolean shipped;

    /** What is being loaded is taken only if nothing else was decided meanwhile. */
    long generation;
    /** Completes when what was begun last is decided. */
    CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);

    @Nullable
    ScriptKind kind;

    volatile ScriptFile file;
    volatile String name;
    volatile @Nullable Version running;
    volatile State state = State.LOADING;
    volatile String reason = "";
    volatile String problem = "";

    /** As in {@link ScriptStatus#state}. */
    enum State {
        RUNNING("running"),
        LOADING("loading"),
        DISABLED("disabled"),
        QUARANTINED("quarantined"),
        FAILED("failed"),
        UNAVAILABLE("unavailable");

        final String word;

        State(String word) {
            this.word = word;
        }
    }

    Entry(Path path, boolean shipped, ScriptFile file) {
        this.path = path;
        this.shipped = shipped;
        this.file = file;
        this.name = file.name();
    }

    void is(State now, String why) {
        state = now;
        reason = why;
    }

    ScriptStatus status() {
        Version version = running;
        Optional<ScriptHeader> header = version == null ? file.header() : Optional.of(version.header());
        Optional<ScriptTrace> last = version == null ? Optional.empty() : version.lastFailure();
        return new ScriptStatus(
                header,
                name,
                path.toString(),
                shipped,
                state.word,
                reason,
                version == null ? "" : version.hash(),
                problem,
                version == null ? 0 : version.calls(),
                version == null ? 0 : version.failures(),
                last.map(trace -> Loader.word(trace.outcome().status()) + ": "
                                + trace.outcome().error())
                        .orElse(""),
                last.map(ScriptTrace::timeNanos).orElse(0L));
    }
}
