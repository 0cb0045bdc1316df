package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * The files of the web page, from the bundle's folder {@code page}: {@code /} is {@code index.html}, {@code /page/*} the rest.
 * They hold nothing of the host and need no token; what they show, they ask the API for.
 */
final class Pages {
    private static final Pattern PATH = Pattern.compile("[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*");
    private static final int MOST = 256;
    private static final int WORTH_PACKING = 1_024;

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("txt", "text/plain; charset=utf-8"));

    /** A file as it is sent. */
    private record Page(String mediaType, String tag, byte[] plain, byte[] packed) {}

    private final Map<String, Page> pages = new ConcurrentHashMap<>();

    void add(Routes routes) {
        routes.describedBy("page")
                .at("GET", "/", Role.ANYONE, request -> serve(request, "index.html"))
                .at("GET", "/login", Role.ANYONE, request -> serve(request, "index.html"))
                .at("GET", "/favicon.ico", Role.ANYONE, request -> serve(request, "favicon.svg"))
                .at("GET", "/page/*", Role.ANYONE, request -> serve(request, request.rest()));
    }

    private Reply serve(Request request, String path) throws IOException {
        Page page = find(path)
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND, "the page has no file '" + Gate.shown(path) + "'; it begins at /"));
        boolean pack = page.packed().length > 0
                && request.header("Accept-Encoding").orElse("").contains("gzip");
        // Another encoding is another representation, with a tag of its own (RFC 9110 8.8.3.3).
        String tag = pack ? "\"" + page.tag() + "-gz\"" : "\"" + page.tag() + "\"";
        boolean known = request.header("If-None-Match").orElse("").contains(tag);
        Reply.Whole reply = known
                ? new Reply.Whole(304, "", new byte[0])
                : new Reply.Whole(200, page.mediaType(), pack ? page.packed() : page.plain());
        // A new version of the bundle is seen at once: the browser asks, and mostly hears that nothing changed.
        reply = reply.with("Cache-Control", "no-cache").with("ETag", tag).with("Vary", "Accept-Encoding");
        if (page.mediaType().startsWith("text/html")) {
            reply = reply.with("Content-Security-Policy", Headers.PAGE_POLICY);
        }
        return pack && !known ? reply.with("Content-Encoding", "gzip") : reply;
    }

    /** Only plain names below one folder are looked for, so that no path leads anywhere else. */
    private Optional<Page> find(String path) throws IOException {
        String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
        if (type == null || path.length() > 200 || !PATH.matcher(path).matches()) {
            return Optional.empty();
        }
        Page known = pages.get(path);
        if (known != null) {
            return Optional.of(known);
        }
        try (InputStream in = Pages.class.getResourceAsStream("/page/" + path)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] bytes = in.readAllBytes();
            Page page = new Page(type, Secrets.hash(bytes).substring(0, 32), bytes, packed(type, bytes));
            if (pages.size() < MOST) {
                pages.put(path, page);
            }
            return Optional.of(page);
        }
    }

    private static byte[] packed(String type, byte[] bytes) throws IOException {
        if (bytes.length < WORTH_PACKING || type.startsWith("image/png") || type.startsWith("font/")) {
            return new byte[0];
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
