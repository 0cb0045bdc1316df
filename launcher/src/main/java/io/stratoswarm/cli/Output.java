package io.stratoswarm.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Standard output. A reader that has gone ends the command without a word, as is usual for tools in a pipe. */
public final class Output {
    /** The reader of our output has gone. */
    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gone(IOException cause) {
            super("the reader of the output has gone", cause);
        }
    }

    private final OutputStream stream;

    Output(OutputStream stream) {
        this.stream = stream;
    }

    public void print(String text) {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    public void println(String line) {
        print(line + "\n");
    }

    void write(byte[] bytes) {
        try {
            stream.write(bytes);
        } catch (IOException e) {
            throw new Gone(e);
        }
    }

    public void flush() {
        try {
            stream.flush();
        } catch (IOException e) {
            throw new Gone(e);
        }
    }

    /** For code that writes by itself. */
    OutputStream stream() {
        return stream;
    }
}
