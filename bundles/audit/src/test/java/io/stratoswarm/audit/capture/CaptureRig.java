package io.stratoswarm.audit.capture;

import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.audit.capture.store.CaptureFolder;
import io.stratoswarm.audit.capture.store.Sealing;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The service on a real journal and a real folder. */
final class CaptureRig implements AutoCloseable {
    final OpenJournal opened;
    final CaptureFolder folder;
    final CaptureControl control;
    private final RunningAgents agents;
    private final ExecutorService workers = Executors.newFixedThreadPool(2);

    CaptureRig(Path data, RunningAgents agents) {
        this(data, agents, CaptureSettings.DEFAULT, () -> {});
    }

    CaptureRig(Path data, RunningAgents agents, CaptureSettings settings, StopCopy.Moment moment) {
        opened = new OpenJournal(data, JournalOptions.DEFAULT, InstantSource.system(), new SecureRandom());
        folder = CaptureFolder.open(
                data.resolve("captures"),
                fresh -> Sealing.open(data.resolve("keys/captures.key"), fresh, new SecureRandom()),
                workers);
        this.agents = agents;
        control = new CaptureControl(folder, settings, surroundings(), moment);
    }

    private CaptureControl.Surroundings surroundings() {
        return new CaptureControl.Surroundings(
                agents,
                opened.journal(),
                InstantSource.system(),
                System::nanoTime,
                new SecureRandom(),
                Optional::empty);
    }

    /** A capture by a service that has seen none before, as after a restart. */
    Captures.Capture captureAfresh() {
        try (CaptureControl fresh = new CaptureControl(folder, CaptureSettings.DEFAULT, surroundings())) {
            return capture(fresh, Captures.STOP_COPY, false);
        }
    }

    Captures.Capture capture(boolean consistent, String... agents) {
        return capture(Captures.STOP_COPY, consistent, agents);
    }

    Captures.Capture capture(String mode, boolean consistent, String... agents) {
        return capture(control, mode, consistent, agents);
    }

    private static Captures.Capture capture(CaptureControl control, String mode, boolean consistent, String... agents) {
        return control.capture(
                        new Captures.Request(List.of(agents), mode, consistent, false, "a test", List.of()), "tester")
                .join();
    }

    List<Event> events(String type) {
        return opened.journal().read(EventQuery.all().type(type));
    }

    void export(long number, String agent, Path file) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            control.export(
                    number,
                    agent,
                    Optional.empty(),
                    new Captures.Sink() {
                        @Override
                        public void length(long bytes) throws IOException {
                            out.setLength(bytes);
                        }

                        @Override
                        public void write(long offset, byte[] bytes) throws IOException {
                            out.seek(offset);
                            out.write(bytes);
                        }
                    },
                    "tester");
        }
    }

    @Override
    public void close() {
        control.close();
        opened.close();
        workers.shutdownNow();
    }
}
