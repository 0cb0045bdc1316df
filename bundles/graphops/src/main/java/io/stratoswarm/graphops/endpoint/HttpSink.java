package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.flow.NodeContext.RecordInput;
import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Posts records in batches. What the server cannot take now is sent again, ever more slowly; what it refuses for good is told in
 * the log, with its number, and left out.
 */
final class HttpSink {
    private static final int BATCH = 1_000;
    private static final int MOST_BYTES = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;
    private static final long LONGEST_ASKED_SECONDS = 300;
    /** Of the answers from 400 to 499: those by which the server judges the records, not the way in which they are sent. */
    private static final Set<Integer> RECORDS_ARE_BAD = Set.of(400, 409, 410, 413, 415, 422);

    private final NodeContext context;
    private final RecordInput input;
    private final Done done;
    private final URI url;
    private final String media;
    private final Pause pause;
    private long refused;

    /** What the server says of a batch. */
    private enum Verdict {
        TAKEN,
        TOO_LARGE,
        REFUSED,
        LATER
    }

    HttpSink(NodeContext context, Settings settings) {
        this.context = context;
        this.input = context.input(Channel.STDIN);
        this.done = new Done(context);
        this.url = URI.create(settings.needed("url"));
        this.pause = new Pause(context);
        this.media = input.framing() != Framing.LINES
                ? "application/octet-stream"
                : input.data().format() == DataType.Format.JSON ? "application/x-ndjson" : "text/plain; charset=utf-8";
    }

    void run() throws InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            context.whenStopping(client::shutdownNow);
            context.ready();
            for (List<byte[]> records = input.read(BATCH); !records.isEmpty(); records = input.read(BATCH)) {
                for (List<byte[]> part : parts(records)) {
                    if (!post(client, part)) {
                        return;
                    }
                }
                done.are(records.size());
            }
        }
    }

    private static List<List<byte[]>> parts(List<byte[]> records) {
        List<List<byte[]>> parts = new ArrayList<>();
        int from = 0;
        long size = 0;
        for (int i = 0; i < records.size(); i++) {
            size += records.get(i).length;
            if (size > MOST_BYTES && i > from) {
                parts.add(records.subList(from, i));
                from = i;
                size = records.get(i).length;
            }
        }
        parts.add(records.subList(from, records.size()));
        return parts;
    }

    /** Until the server has taken or refused them; false where the node is asked to end first. */
    private boolean post(HttpClient client, List<byte[]> records) throws InterruptedException {
        long pauseMillis = FIRST_PAUSE_MILLIS;
        while (true) {
            Attempt attempt = attempt(client, records);
            switch (attempt.verdict()) {
                case TAKEN -> {
                    context.waiting("");
                    return true;
                }
                case TOO_LARGE -> {
                    if (records.size() > 1) {
                        int half = records.size() / 2;
                        return post(client, records.subList(0, half))
                                && post(client, records.subList(half, records.size()));
                    }
                    refused(attempt, 1);
                    return true;
                }
                case REFUSED -> {
                    refused(attempt, records.size());
                    return true;
                }
                case LATER -> {
                    if (context.stopping()) {
                        return false;
                    }
                    context.waiting("cannot post to " + url + ": " + attempt.what());
                    if (!pause.millis(Math.max(pauseMillis, attempt.askedMillis()))) {
                        return false;
                    }
                    pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
                }
            }
        }
    }

    private void refused(Attempt attempt, int records) {
        context.waiting("");
        refused += records;
        context.log(url + " refuses " + records + " records for good: " + attempt.what() + "; " + refused
                + " since the start");
    }

    /** @param askedMillis the least time to wait that the server asked for */
    private record Attempt(Verdict verdict, String what, long askedMillis) {}

    private Attempt attempt(HttpClient client, List<byte[]> records) throws InterruptedException {
        ByteBuffer bytes = Framed.bytes(input.framing(), records);
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(PATIENCE)
                .header("Content-Type", media)
                .POST(BodyPublishers.ofByteArray(bytes.array(), 0, bytes.limit()))
                .build();
        try {
            HttpResponse<Void> response = client.send(request, HttpResponse.BodyHandlers.discarding());
            int status = response.statusCode();
            String what = "it answers " + status;
            if (status / 100 == 2) {
                return new Attempt(Verdict.TAKEN, what, 0);
            }
            if (status == 413) {
                return new Attempt(Verdict.TOO_LARGE, what, 0);
            }
            return RECORDS_ARE_BAD.contains(status)
                    ? new Attempt(Verdict.REFUSED, what, 0)
                    : new Attempt(Verdict.LATER, what, asked(response));
        } catch (IOException e) {
            return new Attempt(Verdict.LATER, e.toString(), 0);
        }
    }

    private static long asked(HttpResponse<?> response) {
        String seconds = response.headers().firstValue("Retry-After").orElse("");
        return seconds.matches("\\d{1,6}") ? Math.min(Long.parseLong(seconds), LONGEST_ASKED_SECONDS) * 1_000 : 0;
    }
}
