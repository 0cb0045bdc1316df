package io.stratoswarm.scriptworker;

import java.io.IOException;
import java.io.OutputStream;

/** The way back to the daemon; one frame at a time. */
final class Replies {
    private final OutputStream out;

    Replies(OutputStream out) {
        this.out = out;
    }

    /** A daemon that does not read any more is gone, and so is the reason for this process. */
    void send(Frame frame) {
        byte[] bytes = frame.bytes();
        try {
            synchronized (out) {
                out.write(bytes, 0, frame.length());
            }
        } catch (IOException e) {
            Main.end(Main.PIPE_CLOSED);
        }
    }

    void loaded(int script, int status, int line, int column, String message) {
        Frame frame = new Frame();
        frame.reset(Wire.LOADED);
        frame.u32(script).u8(status).u32(line).u32(column).text(message);
        send(frame);
    }
}
