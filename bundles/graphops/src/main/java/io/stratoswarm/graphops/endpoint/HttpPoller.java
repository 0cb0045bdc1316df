package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.flow.NodeContext.RecordOutput;
import io.stratoswarm.api.graph.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** Asks for a URL again and again; the records in what comes are given on. What has not changed, by its ETag, is not given again. */
final class HttpPoller {
    private static final long USUAL_MILLIS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LONGEST_TAG = 256;

    private final NodeContext context;
    private final RecordOutput output;
    private final URI url;
    private final long intervalMillis;
    private final Pause pause;

    HttpPoller(NodeContext context, Settings settings) {
        this.context = context;
        this.output = context.output(Channel.STDOUT);
        this.url = URI.create(settings.needed("url"));
        this.intervalMillis = settings.millis("interval").orElse(USUAL_MILLIS);
        this.pause = new Pause(context);
    }

    void run() throws InterruptedException {
        try (HttpClient client = HttpClient.newBuilder()
                .connectTimeout(PATIENCE)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            context.whenStopping(client::shutdownNow);
            do {
                ask(client);
            } while (pause.millis(intervalMillis));
        }
    }

    private void ask(HttpClient client) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(PATIENCE);
        if (!context.position().isEmpty()) {
            request.header("If-None-Match", context.position());
        }
        try {
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                take(response, body);
            }
        } catch (IOException | StratoswarmException e) {
            if (!context.stopping()) {
                context.waiting("cannot get " + url + ": " + e);
            }
        }
    }

    private void take(HttpResponse<InputStream> response, InputStream body) throws IOException, InterruptedException {
        int status = response.statusCode();
        if (status == 304) {
            context.waiting("");
            return;
        }
        if (status / 100 != 2) {
            context.waiting("cannot get " + url + ": it answers " + status);
            return;
        }
        List<byte[]> records = Body.read(body, output);
        response.headers()
                .firstValue("ETag")
                .filter(tag -> tag.length() <= LONGEST_TAG)
                .ifPresent(context::keepPosition);
        output.write(records);
        context.waiting("");
        context.ready();
    }
}
