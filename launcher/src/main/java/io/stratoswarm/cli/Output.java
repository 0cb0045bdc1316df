package io.stratoswarm.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard output. A reader that has gone ends the command without a word, as is usual for tools in a pipe; any other trouble, such
 * as a full disk beneath it, is a failure: what was asked for was not delivered.
 */
public final class Output {
    /** The reader of our output has gone. */
    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gone(IOException cause) {
            super("the reader of the output has gone", cause);
        }
    }

    /** The output cannot be written. */
    static final class Lost extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Lost(IOException cause) {
            super("cannot write the output: " + cause.getMessage(), cause);
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
            throw failure(e);
        }
    }

    public void flush() {
        try {
            stream.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** The JDK tells of a broken pipe by its message alone. */
    static RuntimeException failure(IOException e) {
        return String.valueOf(e.getMessage()).contains("Broken pipe") ? new Gone(e) : new Lost(e);
    }

    /** For code that writes by itself; its failures are the same as of the other methods. */
    OutputStream stream() {
        return new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                try {
                    stream.write(bytes, offset, length);
                } catch (IOException e) {
                    throw failure(e);
                }
            }

            @Override
            public void flush() {
                Output.this.flush();
            }
        };
    }
}
