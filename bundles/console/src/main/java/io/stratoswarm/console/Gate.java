package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException.Kind;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides on the event loop, before anything of a request's body is read, who asks and whether they may: the name that the
 * server was called by, the credential, where the browser was sent from, the role, the rate.
 */
final class Gate {
    /** What a page must send along with a change; a form or a picture on another site cannot. */
    static final String CSRF_HEADER = "X-Stratoswarm-Request";

    static final String METRICS = "/metrics";

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
    private static final int NAMES = 4_096;
    /** An address is no name that could be made to point here. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:.]+]");

    /** The gate's answer. */
    sealed interface Verdict {
        record Admitted(Caller caller) implements Verdict {}

        /** @param retrySeconds 0 where waiting does not help */
        record Refused(Caller caller, int status, Kind kind, String detail, long retrySeconds) implements Verdict {}
    }

    private final Tokens tokens;
    private final Sessions sessions;
    private final LongSupplier nanos;
    private volatile Rules rules;

    /** What the configuration sets. */
    private record Rules(Set<String> hosts, boolean openMetrics, Buckets known, Buckets unknown, Buckets failures) {}

    Gate(Tokens tokens, Sessions sessions, Surroundings surroundings, ConsoleConfig config) {
        this.tokens = tokens;
        this.sessions = sessions;
        this.nanos = surroundings.nanos();
        this.rules = rules(config, nanos);
    }

    void configure(ConsoleConfig config) {
        rules = rules(config, nanos);
    }

    private static Rules rules(ConsoleConfig config, LongSupplier nanos) {
        return new Rules(
                config.hostNames(),
                config.openMetrics(),
                new Buckets(config.ratePerSecond(), config.rateBurst(), NAMES, nanos),
                new Buckets(Math.min(50, config.ratePerSecond()), 200, NAMES, nanos),
                new Buckets(0.2, 10, NAMES, nanos));
    }

    /** The role that a route needs here: a scraper on this host may be let in without a token. */
    private Role needed(Routes.Match match, Link link) {
        if (!(match instanceof Routes.Match.Found found)) {
            return Role.ANYONE;
        }
        boolean open = rules.openMetrics()
                && found.name().equals("GET " + METRICS)
                && !link.tls()
                && Connections.loopback(link.from());
        return open ? Role.ANYONE : found.role();
    }

    Verdict check(HttpServerRequest request, Link link, Routes.Match match) {
        Role needed = needed(match, link);
        Caller unknown = link.caller().orElseGet(() -> Caller.anonymous(link.from()));
        if (!link.local() && !knownHost(request.getHeader("Host"))) {
            return refused(
                    unknown,
                    421,
                    Kind.FORBIDDEN,
                    "this server is not known by the name '" + shown(request.getHeader("Host"))
                            + "'; add the name to 'hosts' of the configuration stratoswarm.console");
        }
        boolean safe = SAFE.contains(request.method().name());
        if (!sameSite(request, safe)) {
            return refused(unknown, 403, Kind.FORBIDDEN, "this request was sent by a page of another site");
        }
        String bearer = bearer(request.getHeader("Authorization"));
        String cookie = bearer == null && !link.local() ? cookie(request, link) : null;
        Optional<Caller> found = bearer != null
                ? tokens.find(bearer).map(token -> caller(token, link))
                : cookie != null ? session(cookie, link) : link.caller();
        Caller caller = found.orElse(unknown);
        if (needed == Role.ANYONE) {
            return paced(caller, found.isPresent() ? rules.known() : rules.unknown());
        }
        if (found.isEmpty() || caller.role() == Role.ANYONE) {
            return unauthenticated(unknown, bearer != null || cookie != null);
        }
        if (cookie != null && !safe && request.getHeader(CSRF_HEADER) == null) {
            return refused(
                    caller,
                    403,
                    Kind.FORBIDDEN,
                    "a change by a session needs the header '" + CSRF_HEADER
                            + ": 1', so that no other site can ask for it");
        }
        if (!caller.role().may(needed)) {
            return refused(
                    caller,
                    403,
                    Kind.FORBIDDEN,
                    "this needs the role " + needed.word() + ", and " + caller.actor() + " is "
                            + caller.role().word());
        }
        return paced(caller, rules.known());
    }

    /** Who asks by name over and over is refused by name; a neighbour at the same address with a good token is not. */
    private Verdict unauthenticated(Caller unknown, boolean tried) {
        if (!tokens.ready()) {
            return new Verdict.Refused(
                    unknown, 503, Kind.UNAVAILABLE, "the daemon is starting and knows no tokens yet", 1);
        }
        long wait =
                tried ? rules.failures().take(unknown.actor()) : rules.unknown().take(unknown.actor());
        if (wait > 0) {
            return new Verdict.Refused(unknown, 429, Kind.FORBIDDEN, "too many requests without a valid token", wait);
        }
        return refused(
                unknown,
                401,
                Kind.FORBIDDEN,
                tried
                        ? "this token or session is unknown, expired or revoked; 'stratoswarm open' gives a new way in"
                        : "this needs a token: 'Authorization: Bearer ...' with that of DATA/token or of"
                                + " 'stratoswarm token create', or 'stratoswarm open' for a browser");
    }

    /** Counts a login that failed; the seconds to wait where there were too many. */
    long loginFailed(Link link) {
        return rules.failures().take(Caller.anonymous(link.from()).actor());
    }

    private static Verdict paced(Caller caller, Buckets buckets) {
        long wait = caller.trusted() ? 0 : buckets.take(caller.actor());
        return wait == 0
                ? new Verdict.Admitted(caller)
                : new Verdict.Refused(
                        caller,
                        429,
                        Kind.UNAVAILABLE,
                        "too many requests of " + caller.actor() + "; the limit is 'rate.requests' of the configuration"
                                + " stratoswarm.console",
                        wait);
    }

    private static Verdict refused(Caller caller, int status, Kind kind, String detail) {
        return new Verdict.Refused(caller, status, kind, detail, 0);
    }

    static Caller caller(Token token, Link link) {
        return new Caller(
                "token:" + token.name() + "@" + link.from(),
                token.role(),
                token.id(),
                token.expiresMillis(),
                false,
                token.graph());
    }

    private Optional<Caller> session(String secret, Link link) {
        return sessions.find(secret).flatMap(session -> caller(session, link));
    }

    /** The caller of a session; empty where its token is gone. A token's role is the most that its sessions may. */
    Optional<Caller> caller(Sessions.Session session, Link link) {
        OptionalLong expires = OptionalLong.of(session.expiresMillis());
        String actor = session.name() + "@" + link.from();
        Optional<Token> token = tokens.valid(session.credential());
        if (!session.credential().isEmpty() && token.isEmpty()) {
            return Optional.empty();
        }
        String graph = token.map(Token::graph).orElse("");
        return Optional.of(new Caller(actor, session.role(), session.credential(), expires, false, graph));
    }

    private static @Nullable String bearer(@Nullable String header) {
        return header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? header.substring(7).strip()
                : header;
    }

    static @Nullable String cookie(HttpServerRequest request, Link link) {
        String header = request.getHeader("Cookie");
        return header == null ? null : cookie(header, link.cookieName());
    }

    static @Nullable String cookie(String header, String name) {
        for (String pair : header.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
                return pair.substring(equals + 1).strip();
            }
        }
        return null;
    }

    /**
     * Browsers tell where a request comes from (Fetch Metadata, and Origin of RFC 6454). A link may lead here from anywhere, but
     * what changes something or is read by a script must come from this server's own page.
     */
    private static boolean sameSite(HttpServerRequest request, boolean safe) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return safe && "navigate".equals(request.getHeader("Sec-Fetch-Mode"));
        }
        String origin = request.getHeader("Origin");
        if (origin == null) {
            return true;
        }
        int scheme = origin.indexOf("://");
        return scheme > 0 && origin.substring(scheme + 3).equalsIgnoreCase(request.getHeader("Host"));
    }

    /** A page of a foreign name that was made to resolve to this address (DNS rebinding) gives itself away by the name. */
    private boolean knownHost(@Nullable String header) {
        if (header == null) {
            return false;
        }
        String host = hostOf(header);
        return rules.hosts().contains(host) || ADDRESS.matcher(host).matches();
    }

    /** A host without its port, lower case. */
    static String hostOf(String authority) {
        String host = authority.strip().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end < 0 ? host : host.substring(0, end + 1);
        }
        int colon = host.lastIndexOf(':');
        return colon < 0 ? host : host.substring(0, colon);
    }

    static String shown(@Nullable String text) {
        if (text == null) {
            return "";
        }
        String cut = text.length() > 100 ? text.substring(0, 100) + "…" : text;
        return cut.replaceAll("[^\\x20-\\x7e…]", "?");
    }
}
