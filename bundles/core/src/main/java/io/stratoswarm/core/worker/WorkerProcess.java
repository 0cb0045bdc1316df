package io.stratoswarm.core.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running worker: its process, the frames to it and the thread that hears it. */
final class WorkerProcess {
    /** Who is told what comes from a worker; on its reading thread. */
    interface Listener {
        void ready(WorkerProcess worker);

        /** @throws IOException where the frame is garbage; the worker is killed then */
        void frame(WorkerProcess worker, int type, FrameReader in) throws IOException;

        /** Told once, last of all. */
        void ended(WorkerProcess worker);
    }

    /** How far a worker has come. */
    enum Stage {
        STARTING,
        READY,
        ENDED
    }

    private static final int KILLED = 128 + 9;
    private static final int MAX_REASON = 500;
    private static final long END_SECONDS = 2;
    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

    final String language;
    final long scriptBytes;

    private final Process process;
    private final Outbox outbox;
    private final Path log;
    private final LongSupplier nanos;
    private volatile Listener listener;
    private volatile long heardNanos;
    private volatile String runtime = "";
    private @Nullable String garbage;
    private Stage stage = Stage.STARTING;
    private int exitStatus;

    /** Call it on a thread that lives as long as the worker may, since the kernel ends the worker with it. */
    WorkerProcess(
            Installation installation,
            String language,
            long scriptBytes,
            long number,
            Listener listener,
            LongSupplier nanos) {
        this.language = language;
        this.scriptBytes = scriptBytes;
        this.listener = listener;
        this.nanos = nanos;
        log = installation.log(language, number);
        ProcessBuilder builder = new ProcessBuilder(installation.command(language, scriptBytes))
                .directory(installation.work().toFile())
                .redirectError(log.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("LANG", "C.UTF-8");
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        heardNanos = nanos.getAsLong();
        outbox = new Outbox(process.getOutputStream(), "script-outbox-" + language + "-" + process.pid());
        Thread.ofPlatform()
                .daemon()
                .name("script-inbox-" + language + "-" + process.pid())
                .start(this::read);
    }

    long pid() {
        return process.pid();
    }

    String runtime() {
        return runtime;
    }

    long heardNanos() {
        return heardNanos;
    }

    /** What it has used of processors; 0 where the system does not say. */
    long cpuNanos() {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    /** Whether the worker was ended by SIGKILL, which says nothing of who wanted it. */
    boolean killedFromOutside() {
        return exitStatus == KILLED;
    }

    /** How it ended, one line. */
    String reason() {
        if (garbage != null) {
            return "it sent what is no frame (" + garbage + ")";
        }
        String words = lastWords();
        return (exitStatus > 128 ? "signal " + (exitStatus - 128) : "exit status " + exitStatus)
                + (words.isEmpty() ? "" : ": " + words);
    }

    private String lastWords() {
        try {
            String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).strip();
            String line = text.substring(text.lastIndexOf('\n') + 1);
            return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON);
        } catch (IOException unreadable) {
            return "";
        }
    }

    /** From now on this one is told; returns how far the worker is already, of which the listener may be told once more. */
    synchronized Stage attach(Listener next) {
        listener = next;
        return stage;
    }

    synchronized Stage stage() {
        return stage;
    }

    void send(Frame frame) {
        outbox.send(frame);
    }

    void answered(int bytes) {
        outbox.answered(bytes);
    }

    void kill() {
        process.destroyForcibly();
    }

    /** Kills it and waits until it is gone, which takes milliseconds. */
    void end() {
        kill();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("script worker {} of {} was killed and has not ended yet", process.pid(), language);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        FrameReader in = new FrameReader(process.getInputStream());
        try {
            for (int type = in.next(); type >= 0; type = in.next()) {
                heardNanos = nanos.getAsLong();
                if (runtime.isEmpty()) {
                    begin(type, in);
                } else {
                    listener.frame(this, type, in);
                }
            }
        } catch (IOException | RuntimeException e) {
            garbage = String.valueOf(e.getMessage());
        }
        kill();
        exitStatus = exitStatus();
        outbox.close();
        Listener last;
        synchronized (this) {
            stage = Stage.ENDED;
            last = listener;
        }
        last.ended(this);
    }

    private void begin(int type, FrameReader in) throws IOException {
        if (type != Wire.READY || in.u8() != Wire.VERSION) {
            throw new IOException("it does not speak version " + Wire.VERSION + " of the protocol");
        }
        in.u8();
        runtime = in.text();
        Listener told;
        synchronized (this) {
            stage = Stage.READY;
            told = listener;
        }
        told.ready(this);
    }

    private int exitStatus() {
        while (true) {
            try {
                return process.waitFor();
            } catch (InterruptedException e) {
                // This thread is interrupted by nobody who could want it to end before the process has.
                Thread.interrupted();
            }
        }
    }
}
