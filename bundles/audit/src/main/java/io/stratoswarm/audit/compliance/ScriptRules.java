package io.stratoswarm.audit.compliance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.audit.Compliance.Pack;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptStatus;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.audit.rule.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Rules that are scripts. The journal says which were in force when the daemon ended, so that one that is still being loaded after a start,
 * or that is in quarantine, is a rule that cannot answer, and not one that is not there.
 */
final class ScriptRules implements ScriptKind {
    static final String ID = "compliance";
    static final String FUNCTION = "judge";
    /** Somebody waits to act. */
    private static final ScriptLimits LIMITS = new ScriptLimits(500, 10_000_000, 64L << 20, 64 << 10, 1_000);
    /** A file that came with a start is seen well before this. */
    private static final long ABSENT_NANOS = 30_000_000_000L;

    private final Told told;
    private final Supplier<Optional<Scripts>> host;
    private final LongSupplier nanos;
    private final Map<String, ScriptRule> rules = new ConcurrentSkipListMap<>();

    /** @param nanos a monotonic clock */
    ScriptRules(Told told, Supplier<Optional<Scripts>> host, LongSupplier nanos) {
        this.told = told;
        this.host = host;
        this.nanos = nanos;
        EventQuery all = EventQuery.all().type("RuleScript*").newestFirst().limit(EventQuery.MAX_LIMIT);
        Set<String> seen = new HashSet<>();
        for (Event event : told.journal().read(all)) {
            JsonNode payload = Told.payload(event);
            String name = payload.path("script").asText();
            if (seen.add(name) && event.type().equals(Told.SCRIPT_LOADED)) {
                ScriptRule rule = new ScriptRule(
                        name,
                        payload.path("sha256").asText(),
                        payload.path("settings").toString(),
                        payload.path("description").asText(),
                        Optional.empty());
                rule.told = true;
                rules.put(name, rule);
            }
        }
    }

    @Override
    public String id() {
        return ID;
    }

    /** A worker of its own: the decisions that are judged may be those of scripts, and a worker must not wait for itself. */
    @Override
    public String purpose() {
        return ID;
    }

    @Override
    public String function() {
        return FUNCTION;
    }

    @Override
    public String inputSchema() {
        return resource("input.json");
    }

    @Override
    public String outputSchema() {
        return resource("output.json");
    }

    @Override
    public String outputSchema(ScriptHeader header) {
        boolean decides =
                ScriptSettings.of(header.settings(), new ArrayList<>()).on() == Rule.On.DECISION;
        ObjectNode schema = (ObjectNode) Told.parse(outputSchema());
        if (!decides) {
            ((ObjectNode) schema.at("/properties/ruling"))
                    .putArray("enum")
                    .add("allow")
                    .add("violation");
        }
        return schema.toString();
    }

    private static String resource(String name) {
        try (InputStream in = ScriptRules.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the bundle lacks its " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Set<String> settings() {
        return ScriptSettings.KEYS;
    }

    @Override
    public ScriptLimits limits() {
        return LIMITS;
    }

    @Override
    public List<String> check(ScriptHeader header) {
        List<String> wrong = new ArrayList<>();
        var unused = ScriptSettings.of(header.settings(), wrong);
        return wrong;
    }

    @Override
    public void loaded(LoadedScript script) {
        ScriptHeader header = script.header();
        rules.put(
                header.name(),
                new ScriptRule(
                        header.name(), script.hash(), header.settings(), header.description(), Optional.of(script)));
    }

    @Override
    public void unloaded(String name) {
        ScriptRule rule = rules.get(name);
        if (rule != null) {
            rule.script = Optional.empty();
        }
    }

    /** Those in force; from any thread. */
    List<LiveRule> inForce() {
        return rules.values().stream().map(rule -> rule.live).toList();
    }

    /** Writes down what is in force, and takes out what was disabled or removed. */
    synchronized void step() {
        for (ScriptRule rule : rules.values()) {
            if (rule.script.isEmpty()) {
                host.get().flatMap(there -> gone(rule, there)).ifPresent(why -> remove(rule, why));
            } else if (!rule.told) {
                tell(rule);
                rule.told = true;
            }
        }
    }

    /** Why it is not in force any more; empty while it is. */
    private Optional<String> gone(ScriptRule rule, Scripts there) {
        Optional<ScriptStatus> status = there.get(rule.name);
        if (status.filter(this::isOurs).isPresent()) {
            rule.absentSince = 0;
            return status.filter(each -> each.state().equals("disabled")).map(ScriptStatus::reason);
        }
        long now = nanos.getAsLong();
        if (rule.absentSince == 0) {
            rule.absentSince = now;
        }
        if (now - rule.absentSince < ABSENT_NANOS) {
            return Optional.empty();
        }
        return Optional.of(
                status.isPresent()
                        ? "it is of another kind"
                        : "its file has been gone for " + TimeUnit.NANOSECONDS.toSeconds(ABSENT_NANOS) + " s");
    }

    /** One whose header cannot be read is a rule where a version of it is in force. */
    private boolean isOurs(ScriptStatus status) {
        return status.header().map(header -> header.kind().equals(ID)).orElse(rules.containsKey(status.name()));
    }

    /** It judges until the journal says that it does not. */
    private void remove(ScriptRule rule, String why) {
        if (rule.told) {
            var unused = told.tell(
                    Told.SCRIPT_REMOVED,
                    Told.scriptSubject(rule.name),
                    Told.SYSTEM,
                    List.of(),
                    Told.object()
                            .put("script", rule.name)
                            .put("sha256", rule.hash)
                            .put("reason", why),
                    "");
        }
        rules.remove(rule.name, rule);
    }

    private void tell(ScriptRule rule) {
        String subject = Told.scriptSubject(rule.name);
        boolean known = told.last(subject, Told.SCRIPT_LOADED, Told.SCRIPT_REMOVED)
                .filter(event -> event.type().equals(Told.SCRIPT_LOADED))
                .map(event -> Told.payload(event).path("sha256").asText().equals(rule.hash))
                .orElse(false);
        if (!known) {
            ObjectNode payload = Told.object()
                    .put("script", rule.name)
                    .put("sha256", rule.hash)
                    .put("description", rule.live.rule.message());
            payload.set("settings", Told.parse(rule.settings));
            var unused = told.tell(Told.SCRIPT_LOADED, subject, Told.SYSTEM, List.of(), payload, "");
        }
    }

    // What is shown and switched like a pack.

    /** All that there are, also those that are off. */
    List<Pack> list() {
        return host.get().map(Scripts::list).orElse(List.of()).stream()
                .filter(this::isOurs)
                .map(this::pack)
                .toList();
    }

    boolean has(String name) {
        return host.get().flatMap(there -> there.get(name)).filter(this::isOurs).isPresent();
    }

    private Pack pack(ScriptStatus status) {
        Optional<ScriptRule> rule = Optional.ofNullable(rules.get(status.name()));
        List<String> problems = new ArrayList<>();
        if (!status.problem().isEmpty()) {
            problems.add(status.problem());
        } else if (rule.isPresent() && rule.get().script.isEmpty()) {
            problems.add("the script '" + status.name() + "' is " + status.state() + ": " + status.reason());
        }
        return new Pack(
                status.name(),
                status.header().map(ScriptHeader::description).orElse(""),
                status.file(),
                rule.map(each -> each.hash).orElse(""),
                status.shipped(),
                rule.isPresent(),
                problems,
                rule.map(each -> each.live.status()).stream().toList());
    }

    Pack enable(String name, boolean enabled, String actor) {
        Scripts there = there();
        Wait.on(enabled ? there.enable(name, actor) : there.disable(name, actor));
        step();
        return there.get(name)
                .map(this::pack)
                .orElseThrow(() -> new StratoswarmException(Kind.NOT_FOUND, "there is no script '" + name + "'"));
    }

    static boolean isScript(String file) {
        return file.endsWith(".js") || file.endsWith(".py");
    }

    /** What is wrong with a script, its examples included. */
    List<String> check(String file, byte[] text) {
        Scripts.CheckResult result = Wait.on(there().check(file, new String(text, StandardCharsets.UTF_8)));
        List<String> problems = new ArrayList<>(result.problems());
        result.examples().stream()
                .filter(example -> !example.passed())
                .forEach(example ->
                        problems.add(file + ": example " + example.index() + " fails: " + example.difference()));
        return problems;
    }

    private Scripts there() {
        return host.get()
                .orElseThrow(() -> new StratoswarmException(Kind.UNAVAILABLE, "the host of scripts is not there"));
    }
}
