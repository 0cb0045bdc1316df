package io.stratoswarm.audit.compliance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.audit.Compliance.Pack;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.audit.rule.RulePack;
import io.stratoswarm.audit.rule.RuleReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The packs of both folders: the last good version of each, and whether it is in force. What is the operator's hides what is shipped.
 * What is shipped and not in force is read when somebody asks for it: those who use no rules do not pay for their language.
 */
final class Packs {
    private static final Logger LOG = LoggerFactory.getLogger(Packs.class);

    private final PackFolder shipped;
    private final PackFolder own;
    private final BlobStore blobs;
    private final Told told;
    private final Map<Path, Entry> entries = new TreeMap<>();
    private volatile List<LiveRule> inForce = List.of();

    private static final class Entry {
        final Path file;
        final boolean shipped;
        Optional<RulePack> good = Optional.empty();
        List<LiveRule> rules = List.of();
        List<String> problems = List.of();
        boolean enabled;
        /** Of a shipped pack that nobody has asked for yet. */
        Optional<byte[]> unread = Optional.empty();

        Entry(Path file, boolean shipped) {
            this.file = file;
            this.shipped = shipped;
        }

        String name() {
            return good.map(RulePack::name).orElse(PackFolder.nameOf(file));
        }
    }

    Packs(PackFolder shipped, PackFolder own, BlobStore blobs, Told told) {
        this.shipped = shipped;
        this.own = own;
        this.blobs = blobs;
        this.told = told;
    }

    /** Takes up what has changed in the folders. */
    synchronized void step() throws IOException {
        boolean changed = step(shipped, true);
        changed |= step(own, false);
        if (changed) {
            compose();
        }
    }

    private boolean step(PackFolder folder, boolean isShipped) throws IOException {
        List<PackFolder.Change> changes = folder.changes();
        for (PackFolder.Change change : changes) {
            Path file = change.file();
            if (change.bytes().isEmpty() && change.problem().isEmpty()) {
                Entry gone = entries.remove(file);
                if (gone != null && gone.good.isPresent()) {
                    var unused = told.tell(
                            Told.REMOVED,
                            Told.subject(gone.name()),
                            Told.SYSTEM,
                            List.of(),
                            Told.object().put("pack", gone.name()).put("file", file.toString()),
                            "");
                }
                continue;
            }
            Entry entry = entries.computeIfAbsent(file, f -> new Entry(f, isShipped));
            if (change.bytes().isPresent() && isShipped && !enabled(PackFolder.nameOf(file), false)) {
                entry.unread = change.bytes();
                entry.rules = List.of();
                entry.enabled = false;
            } else if (change.bytes().isPresent()) {
                take(entry, change.bytes().get());
            } else {
                refuse(entry, List.of(change.problem()), "");
            }
        }
        return !changes.isEmpty();
    }

    private void readAll() {
        for (Entry entry : List.copyOf(entries.values())) {
            if (entry.unread.isPresent()) {
                take(entry, entry.unread.get());
            }
        }
    }

    private void take(Entry entry, byte[] bytes) {
        entry.unread = Optional.empty();
        String file = entry.file.getFileName().toString();
        switch (RuleReader.read(file, bytes)) {
            case RuleReader.Result.Good good -> put(entry, good.pack(), bytes);
            case RuleReader.Result.Bad bad -> {
                List<String> problems =
                        bad.problems().stream().map(each -> file + ":" + each).toList();
                refuse(entry, problems, blobs.put(bytes));
            }
        }
    }

    private void put(Entry entry, RulePack pack, byte[] bytes) {
        boolean taken = entries.values().stream()
                .anyMatch(each -> each != entry
                        && each.shipped == entry.shipped
                        && each.good.isPresent()
                        && each.name().equals(pack.name()));
        if (taken) {
            refuse(entry, List.of(entry.file + " has the name '" + pack.name() + "' of another file"), "");
            return;
        }
        entry.good = Optional.of(pack);
        entry.problems = List.of();
        entry.rules = pack.rules().stream()
                .map(rule -> new LiveRule(pack.name(), pack.sha256(), rule, pack.parameters(), false))
                .toList();
        entry.enabled = enabled(pack.name(), !entry.shipped);
        String subject = Told.subject(pack.name());
        boolean known = told.last(subject, Told.LOADED, Told.REMOVED)
                .filter(event -> event.type().equals(Told.LOADED))
                .map(event -> Told.payload(event).path("sha256").asText().equals(pack.sha256()))
                .orElse(false);
        if (!known) {
            blobs.put(bytes);
            var unused = told.tell(
                    Told.LOADED,
                    subject,
                    Told.SYSTEM,
                    List.of(),
                    Told.object()
                            .put("pack", pack.name())
                            .put("file", entry.file.toString())
                            .put("sha256", pack.sha256())
                            .put("rules", pack.rules().size())
                            .put("enabled", entry.enabled),
                    "");
        }
    }

    /** The last good version stays in force, also over a restart. */
    private void refuse(Entry entry, List<String> problems, String sha256) {
        LOG.warn("rules are not taken: {}", String.join("; ", problems));
        if (entry.good.isEmpty()) {
            lastGood(entry);
        }
        entry.problems = problems;
        ObjectNode payload = Told.object().put("file", entry.file.toString()).put("sha256", sha256);
        problems.forEach(payload.putArray("problems")::add);
        var unused = told.tell(
                Told.REFUSED,
                Told.subject(entry.name()),
                Told.SYSTEM,
                List.of(),
                payload,
                "rulepack/" + entry.file + "/" + sha256 + "/" + problems.hashCode());
    }

    private void lastGood(Entry entry) {
        Optional<Event> last = told.last(Told.subject(PackFolder.nameOf(entry.file)), Told.LOADED, Told.REMOVED)
                .filter(event -> event.type().equals(Told.LOADED)
                        && Told.payload(event).path("file").asText().equals(entry.file.toString()));
        if (last.isEmpty()) {
            return;
        }
        Optional<byte[]> text =
                blobs.get(Told.payload(last.get()).path("sha256").asText());
        if (text.isPresent()
                && RuleReader.read(entry.file.getFileName().toString(), text.get())
                        instanceof RuleReader.Result.Good g) {
            put(entry, g.pack(), text.get());
        }
    }

    private boolean enabled(String pack, boolean otherwise) {
        return told.last(Told.subject(pack), Told.ENABLED, Told.DISABLED)
                .map(event -> event.type().equals(Told.ENABLED))
                .orElse(otherwise);
    }

    private List<Entry> visible() {
        Map<String, Entry> byName = new TreeMap<>();
        for (Entry entry : entries.values()) {
            byName.merge(entry.name(), entry, (a, b) -> a.shipped ? b : a);
        }
        return List.copyOf(byName.values());
    }

    private void compose() {
        List<LiveRule> rules = new ArrayList<>();
        visible().stream().filter(entry -> entry.enabled).forEach(entry -> rules.addAll(entry.rules));
        inForce = List.copyOf(rules);
    }

    /** Those in force; from any thread. */
    List<LiveRule> inForce() {
        return inForce;
    }

    synchronized List<Pack> list() {
        readAll();
        return visible().stream().map(Packs::pack).toList();
    }

    synchronized Pack enable(String name, boolean enabled, String actor) {
        readAll();
        Entry entry = visible().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND,
                        "there is no pack of rules '" + name + "'; known are "
                                + String.join(
                                        ", ",
                                        visible().stream().map(Entry::name).toList())));
        if (enabled && entry.good.isEmpty()) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "the pack '" + name + "' has no good version yet: " + String.join("; ", entry.problems));
        }
        if (entry.enabled != enabled) {
            var unused = told.tell(
                    enabled ? Told.ENABLED : Told.DISABLED,
                    Told.subject(name),
                    actor,
                    List.of(),
                    Told.object().put("pack", name),
                    "");
            entry.enabled = enabled;
            compose();
        }
        return pack(entry);
    }

    private static Pack pack(Entry entry) {
        return new Pack(
                entry.name(),
                entry.good.map(RulePack::description).orElse(""),
                entry.file.toString(),
                entry.good.map(RulePack::sha256).orElse(""),
                entry.shipped,
                entry.enabled && entry.good.isPresent(),
                entry.problems,
                entry.rules.stream().map(LiveRule::status).toList());
    }
}
