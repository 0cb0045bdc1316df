package io.stratoswarm.scriptworker;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Entry: {@code Main LANGUAGE}. Frames come on the standard input and go to the standard output. */
final class Main {
    static final int PIPE_CLOSED = 0;
    static final int USAGE = 64;
    static final int GARBAGE = 65;
    static final int DOOMED = 70;
    static final int HEAP_FULL = 71;
    static final int BROKEN = 72;

    private Main() {}

    public static void main(String[] arguments) {
        // The real standard streams are for frames alone; whatever prints to the Java ones goes to the worker's log.
        FileInputStream in = new FileInputStream(FileDescriptor.in);
        FileOutputStream out = new FileOutputStream(FileDescriptor.out);
        System.setIn(InputStream.nullInputStream());
        System.setOut(System.err);
        if (arguments.length != 1) {
            System.err.println("usage: Main LANGUAGE");
            end(USAGE);
        }
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            System.err.println("thread " + thread.getName() + ": " + failure);
            end(failure instanceof OutOfMemoryError ? HEAP_FULL : BROKEN);
        });
        Replies replies = new Replies(out);
        Watchdog watchdog = new Watchdog(replies);
        Guests guests = new Guests(arguments[0]);
        watchdog.start();
        try {
            guests.warmUp();
            Frame ready = new Frame();
            ready.reset(Wire.READY);
            ready.u8(Wire.VERSION).u8(guests.optimised() ? 1 : 0).text(guests.runtime());
            replies.send(ready);
            new Desk(guests, watchdog, replies).serve(new FrameReader(in));
            end(PIPE_CLOSED);
        } catch (IOException e) {
            System.err.println("the daemon's frames cannot be read: " + e.getMessage());
            end(GARBAGE);
        }
    }

    /** Ends at once: no hook runs, since one of them might wait for a guest that does not end. */
    static void end(int status) {
        Runtime.getRuntime().halt(status);
    }
}
