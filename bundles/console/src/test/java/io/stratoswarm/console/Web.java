package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A client by TCP that sends exactly the headers that a test wants. */
record Web(URI url, Map<String, String> headers, @Nullable Opener opener) {
    /** Opens a connection, for example one of TLS. */
    interface Opener {
        Socket open(String host, int port) throws IOException;
    }

    Web(URI url) {
        this(url, Map.of(), null);
    }

    record Answer(int status, Map<String, String> headers, String body) {
        JsonNode json() throws IOException {
            return Json.MAPPER.readTree(body);
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        String detail() throws IOException {
            return json().path("detail").asText();
        }
    }

    Web with(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new Web(url, all, opener);
    }

    Web bearer(String token) {
        return with("Authorization", "Bearer " + token);
    }

    /** The session's cookie and the header of a page that asks for a change. */
    Web session(Answer login) {
        return with("Cookie", login.header("set-cookie").replaceFirst(";.*", ""))
                .with(Gate.CSRF_HEADER, "1");
    }

    Socket connect() throws IOException {
        String host = url.getHost().replaceAll("^\\[|]$", "");
        return opener == null ? new Socket(host, url.getPort()) : opener.open(host, url.getPort());
    }

    String head(String method, String target, int length) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("Host", url.getHost() + ":" + url.getPort());
        all.put("Connection", "close");
        all.put("Content-Length", String.valueOf(length));
        all.putAll(headers);
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        all.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString();
    }

    Answer get(String target) throws IOException {
        return ask("GET", target, "");
    }

    Answer post(String target, String body) throws IOException {
        return ask("POST", target, body);
    }

    Answer ask(String method, String target, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(head(method, target, bytes.length).getBytes(StandardCharsets.UTF_8));
            out.write(bytes);
            out.flush();
            return parse(socket.getInputStream());
        }
    }

    static Answer parse(InputStream in) throws IOException {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IOException("no HTTP answer: '" + text + "'");
        }
        Map<String, String> found = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line : text.substring(0, end).split("\r\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                found.merge(line.substring(0, colon), line.substring(colon + 1).strip(), (a, b) -> a + "\n" + b);
            }
        }
        return new Answer(Integer.parseInt(text.split(" ", 3)[1]), found, text.substring(end + 4));
    }
}
