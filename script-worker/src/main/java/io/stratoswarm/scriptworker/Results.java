package io.stratoswarm.scriptworker;

import java.util.List;

/**
 * Gathers the outcomes of one call into as few frames as may be, none much longer than a mebibyte and one outcome. The watchdog sends
 * what there is when it gives up the process.
 */
final class Results {
    private static final int FULL = 1 << 20;

    private final Replies replies;
    private final Frame frame = new Frame();
    private long call;
    private int first;
    private int count;
    private int place;

    Results(Replies replies) {
        this.replies = replies;
    }

    synchronized void begin(long number) {
        call = number;
        first = 0;
        head();
    }

    private void head() {
        frame.reset(Wire.RESULT);
        frame.u64(call).u32(first);
        place = frame.length();
        frame.u32(0);
        count = 0;
    }

    synchronized void add(long nanos, String output, List<String> log) {
        frame.u8(Wire.OK).u64(nanos).text(output).texts(log);
        added();
    }

    synchronized void add(long nanos, Failure failure, List<String> log) {
        frame.u8(failure.status()).u64(nanos).text(failure.message()).texts(failure.stack());
        frame.texts(log);
        added();
    }

    private void added() {
        count++;
        if (frame.length() >= FULL) {
            flush();
        }
    }

    synchronized void flush() {
        if (count > 0) {
            frame.set32(place, count);
            replies.send(frame);
            first += count;
            head();
        }
    }
}
