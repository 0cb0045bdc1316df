package io.stratoswarm.core.worker;

import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import java.io.IOException;
import java.util.List;

/** Reads outcomes as a worker writes them. */
final class Outcomes {
    private Outcomes() {}

    static ScriptOutcome read(FrameReader in) throws IOException {
        int status = in.u8();
        long nanos = in.u64();
        String text = in.text();
        if (status == Wire.OK) {
            return new ScriptOutcome(Status.OK, text, "", List.of(), in.texts(), nanos);
        }
        Status how = switch (status) {
            case Wire.THREW -> Status.THREW;
            case Wire.BREACHED -> Status.BREACHED;
            default -> throw new IOException("outcome of unknown status " + status);
        };
        return new ScriptOutcome(how, "", text, in.texts(), in.texts(), nanos);
    }
}
