package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Follows a transform to its end: a line for each stage, and why it waits where it does so for a while. */
final class TransformFollow {
    static final long PAUSE_MILLIS = 250;

    /** So often it is asked for in vain before it is given up: half a minute, in which a daemon is upgraded or started anew. */
    private static final int PATIENCE = 120;

    /** How a daemon that is just ending or beginning may answer. */
    private static final Set<ExitCode> AWAY =
            Set.of(ExitCode.UNREACHABLE, ExitCode.UNAVAILABLE, ExitCode.FORBIDDEN, ExitCode.FAILED);

    private static final String RUNNING = "running";
    private static final String GOING_BACK = "going-back";

    private final Context context;
    private final long pauseMillis;
    private String state = RUNNING;
    private int shown;
    private String told = "";
    private String lastReason = "";

    TransformFollow(Context context, long pauseMillis) {
        this.context = context;
        this.pauseMillis = pauseMillis;
    }

    static String hint(long number) {
        return "'stratoswarm transform show " + number + "' tells how it is, 'stratoswarm transform cancel " + number
                + "' asks it to go back";
    }

    /** @param begun as it was when it began */
    ExitCode follow(Map<String, Object> begun) throws Failure, IOException, InterruptedException {
        long number = JsonText.number(begun, "number");
        Thread farewell = new Thread(() -> context.err().println("transform " + number + " goes on; " + hint(number)));
        Runtime.getRuntime().addShutdownHook(farewell);
        try {
            Map<String, Object> now = begun;
            if (!context.json()) {
                line("transform " + number + ": " + JsonText.text(JsonText.child(now, "plan"), "kind") + " of graph "
                        + JsonText.text(JsonText.child(now, "plan"), "graph"));
            }
            while (runs(now)) {
                progress(now);
                Thread.sleep(pauseMillis);
                now = ask(number);
            }
            progress(now);
            return ended(now);
        } finally {
            forget(farewell);
        }
    }

    private static void forget(Thread farewell) {
        try {
            Runtime.getRuntime().removeShutdownHook(farewell);
        } catch (IllegalStateException e) {
            // Ctrl-C was first: it says its word, and nobody hears of this.
            return;
        }
    }

    private static boolean runs(Map<String, Object> transform) {
        return List.of(RUNNING, GOING_BACK).contains(JsonText.text(transform, "state"));
    }

    private Map<String, Object> ask(long number) throws Failure, IOException, InterruptedException {
        for (int vain = 1; ; vain++) {
            try {
                return JsonText.object(context.daemon().get("transforms/" + number));
            } catch (Failure e) {
                if (!AWAY.contains(e.exit()) || vain >= PATIENCE) {
                    throw new Failure(
                            e.exit(),
                            e.getMessage() + "; what becomes of transform " + number + " is not known: " + hint(number),
                            e);
                }
                if (vain == 2) {
                    context.err().println("the daemon does not answer; waiting for it");
                }
                Thread.sleep(pauseMillis);
            }
        }
    }

    private void progress(Map<String, Object> now) {
        if (context.json()) {
            return;
        }
        Map<String, Object> plan = JsonText.child(now, "plan");
        List<String> stages = JsonText.texts(plan, "stages");
        String next = JsonText.text(now, "state");
        boolean forward = !next.equals(GOING_BACK) && !next.equals("rolled-back");
        // Of one that went through all of its stages since it was last asked for, each is named.
        long reached = forward && !next.equals(RUNNING) ? stages.size() : JsonText.number(now, "stage") + 1;
        for (; state.equals(RUNNING) && shown < Math.min(reached, stages.size()); shown++) {
            line((shown + 1) + "/" + stages.size() + "  " + stages.get(shown)
                    + (shown == JsonText.number(plan, "commit") ? TransformText.COMMIT : ""));
            told = "";
        }
        String reason = JsonText.text(now, "reason");
        if (!next.equals(state)) {
            state = next;
            if (next.equals(GOING_BACK)) {
                line("goes back: " + reason);
                told = reason;
            }
        } else if (runs(now) && !reason.isEmpty() && reason.equals(lastReason) && !reason.equals(told)) {
            // One that changes from moment to moment is not worth its line.
            line("     " + reason);
            told = reason;
        }
        lastReason = reason;
    }

    private void line(String text) {
        context.out().println(Table.printable(text));
        context.out().flush();
    }

    private ExitCode ended(Map<String, Object> transform) throws Failure, IOException {
        if (context.json()) {
            context.out().println(JsonText.write(transform));
        } else {
            TransformText.accounts(transform, context);
        }
        String sentence = TransformText.sentence(transform);
        if (!state(transform).equals("done")) {
            throw new Failure(ExitCode.FAILED, sentence);
        }
        if (!context.json()) {
            line(sentence);
        }
        return ExitCode.OK;
    }

    private static String state(Map<String, Object> transform) {
        return JsonText.text(transform, "state");
    }
}
