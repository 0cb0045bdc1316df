package io.stratoswarm.console;

import io.vertx.core.http.HttpServerResponse;

/** The headers that keep a browser from doing with an answer what it is not for. */
final class Headers {
    /** The page brings its scripts and styles along as files; nothing inline, nothing from elsewhere. */
    static final String PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            + " font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self';"
            + " frame-ancestors 'none'";

    private static final String DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

    private Headers() {}

    /** @param hsts whether browsers are to come by TLS only from now on (RFC 6797) */
    static void secure(HttpServerResponse response, boolean hsts) {
        response.putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("X-Frame-Options", "DENY")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Content-Security-Policy", DATA_POLICY)
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader("Cache-Control", "no-store");
        if (hsts) {
            response.putHeader("Strict-Transport-Security", "max-age=31536000");
        }
    }
}
