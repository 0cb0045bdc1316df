package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes request targets apart. */
final class Targets {
    private Targets() {}

    static Map<String, String> query(@Nullable String text) {
        Map<String, String> found = new LinkedHashMap<>();
        if (text == null || text.isEmpty()) {
            return found;
        }
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals), true);
            if (!name.isEmpty()
                    && found.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1), true)) != null) {
                throw Request.invalid("the parameter '" + name + "' is given twice");
            }
        }
        return found;
    }

    static String decoded(String text, boolean plusIsSpace) {
        try {
            return URLDecoder.decode(plusIsSpace ? text : text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new StratoswarmException(Kind.INVALID, "'" + text + "' has a broken %-escape", e);
        }
    }

    /** The announced length of a body. */
    static long length(HttpServerRequest request) {
        String text = request.getHeader("Content-Length");
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            // The codec has refused what is no number; a number of more than 63 bits is too large in any case.
            return Long.MAX_VALUE;
        }
    }
}
