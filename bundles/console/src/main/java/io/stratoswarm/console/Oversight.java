package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Decisions.Made;
import io.stratoswarm.api.decision.Decisions.Pending;
import io.stratoswarm.api.decision.Ruling;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands of people and of programs with a token are decisions as well: each is recorded before it is carried out, judged by the rules,
 * and closed by what came of it. One that needs an approval is carried out when the same caller gives it once more after it was approved.
 */
final class Oversight {
    private static final Logger LOG = LoggerFactory.getLogger(Oversight.class);
    private static final String SOURCE = "console";
    private static final String PREFIX = "command/";
    private static final int TRIES = 20;
    private static final long PAUSE_MILLIS = 100;
    private static final List<String> NO_COMMANDS = List.of("validate", "test", "approve", "reject", "check");

    private final Supplier<Optional<Decisions>> decisions;
    private final RandomGenerator random;

    Oversight(Supplier<Optional<Decisions>> decisions, RandomGenerator random) {
        this.decisions = decisions;
        this.random = random;
    }

    /** What is decided, and about what. */
    record Command(String type, String about) {}

    Reply carryOut(Routes.Match.Found found, Request request) throws Exception {
        Optional<Command> command = command(found, request);
        Optional<Decisions> log = decisions.get();
        if (command.isEmpty() || log.isEmpty()) {
            return patiently(found, request);
        }
        DecisionOrigin origin = new DecisionOrigin(SOURCE, "api", request.actor(), List.of());
        Optional<Made> recorded = decided(log.get(), command.get(), request, origin);
        if (recorded.isEmpty()) {
            return patiently(found, request);
        }
        Made made = recorded.get();
        try {
            Reply reply = patiently(found, request);
            int status = reply instanceof Reply.Whole whole ? whole.status() : 200;
            close(log.get(), made, origin, "answered with status " + status, status < 400);
            return reply;
        } catch (Exception | LinkageError | StackOverflowError e) {
            close(log.get(), made, origin, reason(e), false);
            throw e;
        }
    }

    /** While settings change, or a bundle is replaced, what is asked may be there a moment later. Handlers look for it before they do anything. */
    private static Reply patiently(Routes.Match.Found found, Request request) throws Exception {
        for (int i = 0; ; i++) {
            try {
                return found.handler().handle(request);
            } catch (AbsentService e) {
                if (i == TRIES) {
                    throw e;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** As far as it may be shown; the log has the rest. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof StratoswarmException known
                ? String.valueOf(known.getMessage())
                : "failed by " + cause.getClass().getSimpleName();
    }

    private static void close(Decisions log, Made made, DecisionOrigin origin, String outcome, boolean success) {
        try {
            log.outcome(made, origin, outcome, success);
        } catch (StratoswarmException e) {
            // Such as a shutdown, after which no journal is there: the command was carried out all the same.
            LOG.warn("what came of decision {} could not be recorded: {}", made.id(), e.getMessage());
        }
    }

    /** Empty for the end of a daemon that cannot record any more: on a full disk, of all things, it must be possible to end it. */
    private Optional<Made> decided(Decisions log, Command command, Request request, DecisionOrigin origin) {
        try {
            return Optional.of(decide(log, command, request, origin));
        } catch (StratoswarmException e) {
            boolean ends = command.type().startsWith("operator.daemon.");
            if (!ends
                    || e.kind() == Kind.FORBIDDEN
                    || log.judge(decision(PREFIX + "unrecorded", command, request), origin) != Ruling.ALLOW) {
                throw e;
            }
            LOG.warn(
                    "{} of {} is carried out and could not be recorded: {}",
                    command.type(),
                    request.actor(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    private Made decide(Decisions log, Command command, Request request, DecisionOrigin origin) {
        String same = PREFIX + fingerprint(request) + "/";
        DecisionRecorded decision = decision(same + HexFormat.of().toHexDigits(random.nextLong()), command, request);
        Optional<Pending> pending = log.pending().stream()
                .filter(each -> each.id().startsWith(same))
                .findFirst();
        if (pending.isPresent()) {
            Made before = new Made(pending.get().id(), pending.get().sequence(), true, Ruling.ALLOW, List.of());
            if (pending.get().approved()) {
                return before;
            }
            if (log.judge(decision, origin) == Ruling.APPROVE) {
                throw waits(before.id(), String.join("; ", pending.get().reasons()));
            }
            log.outcome(before, origin, "the rules have changed, so it was decided anew", false);
        }
        Made made = log.decide(decision, origin);
        return switch (made.ruling()) {
            case ALLOW -> made;
            case APPROVE -> throw waits(made.id(), made.why());
            case DENY -> throw new StratoswarmException(Kind.FORBIDDEN, "a rule forbids this: " + made.why());
        };
    }

    private static DecisionRecorded decision(String id, Command command, Request request) {
        Map<String, String> inputs = new TreeMap<>();
        inputs.put("method", text(request.method()));
        inputs.put("path", text(request.path()));
        request.query().forEach((key, value) -> inputs.put("query." + key, text(value)));
        inputs.put("bodySha256", text(sha256(request.body())));
        return new DecisionRecorded(
                id,
                command.about(),
                command.type(),
                inputs,
                List.of("do nothing"),
                "a command of " + request.actor(),
                1,
                Map.of());
    }

    private static StratoswarmException waits(String id, String why) {
        return new StratoswarmException(
                Kind.FORBIDDEN,
                "this waits for an approval (" + why + "): somebody else runs 'stratoswarm audit approve " + id
                        + "', then give the same command again");
    }

    /** The same command of the same person, whichever way they came in. */
    private static String fingerprint(Request request) {
        String actor = request.actor();
        int at = actor.lastIndexOf('@');
        String all = String.join(
                "\n",
                at < 0 ? actor : actor.substring(0, at),
                request.method(),
                request.path(),
                new TreeMap<>(request.query()).toString(),
                sha256(request.body()));
        return sha256(all.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String text(String value) {
        return TextNode.valueOf(value).toString();
    }

    /** Empty for what changes nothing, and for logins and approvals, which have events and rules of their own. */
    static Optional<Command> command(Routes.Match.Found found, Request request) {
        if (request.method().equals("GET")
                || request.method().equals("HEAD")
                || found.role() == Role.ANYONE
                || "true".equals(request.query().get("dryRun"))
                || !found.name().contains(Routes.BASE)) {
            return Optional.empty();
        }
        String path = found.name().substring(found.name().indexOf(Routes.BASE) + Routes.BASE.length());
        String topic = path.contains("/") ? path.substring(0, path.indexOf('/')) : path;
        String tail = path.endsWith("/*") ? request.rest() : path.substring(topic.length());
        String last = tail.substring(tail.lastIndexOf('/') + 1);
        if (topic.startsWith("session") || topic.equals("script-check") || NO_COMMANDS.contains(last)) {
            return Optional.empty();
        }
        String about = tail.contains("/") ? tail.substring(0, tail.lastIndexOf('/')) : tail;
        return Optional.of(
                switch (request.method() + " " + topic) {
                    case "POST graphs" -> graphs(request, last, about);
                    case "POST agents" -> new Command("operator.agents." + last, field(request, "selector"));
                    case "POST shutdown", "POST upgrade" -> new Command("operator.daemon." + topic, "");
                    case "POST tokens" -> new Command("operator.tokens.create", field(request, "name"));
                    case "DELETE tokens" -> new Command("operator.tokens.revoke", tail);
                    default ->
                        switch (request.method()) {
                            case "PUT" -> new Command("operator." + topic + ".set", tail);
                            case "DELETE" -> new Command("operator." + topic + ".delete", tail);
                            default ->
                                new Command("operator." + topic + "." + (last.isEmpty() ? "create" : last), about);
                        };
                });
    }

    private static Command graphs(Request request, String last, String about) {
        return last.isEmpty()
                ? new Command("operator.graphs.apply", "")
                : last.equals("transforms")
                        ? new Command("operator.transforms." + field(request, "kind"), about)
                        : new Command("operator.graphs." + last, about);
    }

    /** A text of the body; the handler says what is wrong with one that has none. */
    private static String field(Request request, String key) {
        try {
            JsonNode body = Json.MAPPER.readTree(request.body());
            return body == null ? "" : body.path(key).asText();
        } catch (IOException e) {
            return "";
        }
    }
}
