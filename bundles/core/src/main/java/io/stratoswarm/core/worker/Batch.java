package io.stratoswarm.core.worker;

import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Inputs that one call brought, and what has come of them so far. Owned by its group. */
final class Batch {
    final long number;
    final List<String> inputs;
    final CompletableFuture<List<ScriptOutcome>> future = new CompletableFuture<>();
    final List<ScriptOutcome> outcomes;
    /** How many workers have ended while this ran. */
    int ends;

    boolean sent;
    /** Bytes of the frame that took it to the worker. */
    int bytes;
    /** How many outcomes it had when it was sent: the worker counts from there. */
    int base;

    Batch(long number, List<String> inputs) {
        this.number = number;
        this.inputs = List.copyOf(inputs);
        outcomes = new ArrayList<>(inputs.size());
    }

    int left() {
        return inputs.size() - outcomes.size();
    }

    /** Of all inputs, in characters. */
    long length() {
        long sum = 0;
        for (String input : inputs) {
            sum += input.length();
        }
        return sum;
    }

    Frame frame(int slot) {
        base = outcomes.size();
        List<String> rest = inputs.subList(base, inputs.size());
        Frame frame = new Frame(Wire.CALL, (int) (16 + 4L * inputs.size() + length()));
        frame.u32(slot).u64(number).texts(rest);
        bytes = frame.length();
        sent = true;
        return frame;
    }

    /** What is still to come, comes like this. */
    void fillUp(Status status, String error) {
        ScriptOutcome outcome = new ScriptOutcome(status, "", error, List.of(), List.of(), 0);
        outcomes.addAll(Stream.generate(() -> outcome).limit(left()).toList());
    }

    static List<ScriptOutcome> all(List<String> inputs, Status status, String error) {
        Batch batch = new Batch(0, inputs);
        batch.fillUp(status, error);
        return batch.outcomes;
    }
}
