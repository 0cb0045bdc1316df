package io.stratoswarm.cli;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** A daemon, as the commands see it. */
final class ApiClient {
    private static final String BASE = "/api/v1/";

    private final Endpoint endpoint;

    ApiClient(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** A line of a stream. */
    interface LineConsumer {
        void line(String line) throws IOException, Failure;
    }

    String get(String path) throws Failure {
        return exchange("GET", path, "", new byte[0]);
    }

    String delete(String path) throws Failure {
        return exchange("DELETE", path, "", new byte[0]);
    }

    String post(String path, String mediaType, String body) throws Failure {
        return exchange("POST", path, mediaType, body.getBytes(StandardCharsets.UTF_8));
    }

    String postJson(String path, Map<String, Object> body) throws Failure, IOException {
        return post(path, "application/json", JsonText.write(body));
    }

    String putJson(String path, Map<String, Object> body) throws Failure, IOException {
        return exchange("PUT", path, "application/json", JsonText.write(body).getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes at a path; empty where there is nothing. */
    Optional<byte[]> bytes(String path) throws Failure {
        try (HttpWire wire = endpoint.open()) {
            wire.send("GET", BASE + path, "", new byte[0]);
            byte[] answer = wire.body().readAllBytes();
            if (wire.status() == 404) {
                return Optional.empty();
            }
            if (wire.status() / 100 != 2) {
                throw problem(wire.status(), new String(answer, StandardCharsets.UTF_8));
            }
            return Optional.of(answer);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private String exchange(String method, String path, String mediaType, byte[] body) throws Failure {
        try (HttpWire wire = endpoint.open()) {
            wire.send(method, BASE + path, mediaType, body);
            String answer = new String(wire.body().readAllBytes(), StandardCharsets.UTF_8);
            if (wire.status() / 100 != 2) {
                throw problem(wire.status(), answer);
            }
            return answer;
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** Reads JSON lines until the stream ends. */
    void lines(String path, LineConsumer consumer) throws Failure {
        try (HttpWire wire = endpoint.open()) {
            wire.send("GET", BASE + path, "", new byte[0]);
            InputStream body = wire.body();
            if (wire.status() / 100 != 2) {
                throw problem(wire.status(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                consumer.line(line);
            }
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private Failure broken(IOException e) {
        return e instanceof EOFException
                ? endpoint.closed(e)
                : new Failure(ExitCode.FAILED, "the connection to " + endpoint.name() + " broke: " + e.getMessage(), e);
    }

    private static Failure problem(int status, String body) {
        try {
            Map<String, Object> problem = JsonText.object(body);
            return new Failure(
                    ExitCode.ofKind(JsonText.text(problem, "kind")), JsonText.text(problem, "detail"), problem);
        } catch (IOException e) {
            return new Failure(ExitCode.FAILED, "the daemon answered with HTTP status " + status + " and no reason", e);
        }
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
