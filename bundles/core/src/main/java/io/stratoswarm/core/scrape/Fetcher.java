package io.stratoswarm.core.scrape;

import io.stratoswarm.api.agent.AgentSpec.MetricsSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Asks an agent for its metrics; blocks, at most for the time limit of each read, so the caller limits the whole. */
final class Fetcher {
    static final int MOST_BYTES = 2 << 20;
    private static final String ACCEPT =
            "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.7,*/*;q=0.1";

    private Fetcher() {}

    static String url(MetricsSource source) {
        return "http://127.0.0.1:" + source.port() + source.path();
    }

    static String fetch(MetricsSource source) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url(source)).toURL().openConnection(Proxy.NO_PROXY);
        try {
            int limit = (int) Math.min(Integer.MAX_VALUE, source.timeoutMillis());
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setConnectTimeout(limit);
            connection.setReadTimeout(limit);
            connection.setRequestProperty("Accept", ACCEPT);
            connection.setRequestProperty("User-Agent", "stratoswarm");
            int status = connection.getResponseCode();
            if (status != 200) {
                throw new IOException("the answer has status " + status + ", not 200");
            }
            try (InputStream in = connection.getInputStream()) {
                byte[] body = in.readNBytes(MOST_BYTES + 1);
                if (body.length > MOST_BYTES) {
                    throw new IOException("the answer has more than " + (MOST_BYTES >> 20) + " MiB");
                }
                return new String(body, StandardCharsets.UTF_8);
            }
        } finally {
            connection.disconnect();
        }
    }
}
