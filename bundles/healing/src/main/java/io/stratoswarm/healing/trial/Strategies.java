package io.stratoswarm.healing.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.healing.script.Answer;
import io.stratoswarm.healing.script.CaseView;
import io.stratoswarm.healing.script.HealingKind;
import io.stratoswarm.healing.script.StrategySettings;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Choice;
import io.stratoswarm.healing.trial.Panel.Finding;
import io.stratoswarm.healing.trial.Panel.Voice;
import io.stratoswarm.healing.trial.Standing.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks the scripts of a class what is to be done about a case. A script that gives no answer in time costs nothing but that time. */
public final class Strategies {
    private static final int MOST_ASKED = 16;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StrategyJournal journal;
    private final HealingKind kind;
    private final Versions versions;
    private final Supplier<TrialRules> rules;
    private final MayDecide mayDecide;

    Strategies(
            StrategyJournal journal,
            HealingKind kind,
            Versions versions,
            Supplier<TrialRules> rules,
            MayDecide mayDecide) {
        this.mayDecide = mayDecide;
        this.journal = journal;
        this.kind = kind;
        this.versions = versions;
        this.rules = rules;
    }

    /** Whether a script may decide for an agent, by the policies of its node. */
    @FunctionalInterface
    public interface MayDecide {
        boolean test(String script, String agent);
    }

    /** A version that is asked, and its answer once it is there. */
    private record Asked(
            String script,
            Version version,
            boolean acts,
            @Nullable LoadedScript callee,
            CompletableFuture<Answer> answer) {}

    /**
     * What is to be done. Once for each case: a case that is met again after a crash keeps what was said of it.
     *
     * @param input the view as scripts are given it
     * @param builtIn what is done where no script names an act
     */
    public Advice advise(CaseView view, JsonNode input, Choice builtIn, Cause classified) {
        Optional<JsonNode> said = said(view.number());
        if (said.isPresent()) {
            JsonNode before = said.get();
            return advice(
                    view,
                    builtIn,
                    before.path("act").asText(),
                    before.has("script")
                            ? Optional.of(new Advice.By(
                                    before.path("script").asText(),
                                    before.path("hash").asText(),
                                    before.path("why").asText(),
                                    Answer.parameters(before.path("parameters"))))
                            : Optional.empty());
        }
        List<Asked> asked = asked(view);
        if (asked.isEmpty()) {
            return new Advice(builtIn, Optional.empty());
        }
        List<Asked> waiting = call(asked, view, input.toString());
        Panel panel = new Panel(
                builtIn.chosen().act().word(),
                waiting.stream()
                        .map(each -> new Voice(
                                each.script(),
                                each.version().hash(),
                                each.version().stage(),
                                each.acts(),
                                each.answer().join()))
                        .toList());
        Voice followed = panel.followed();
        Optional<Advice.By> by = Optional.ofNullable(followed)
                .map(voice -> new Advice.By(
                        voice.script(),
                        voice.hash(),
                        voice.answer().why(),
                        voice.answer().parameters()));
        String act = followed == null
                ? builtIn.chosen().act().word()
                : followed.answer().act();
        record(view, act, by, panel, classified);
        return advice(view, builtIn, act, by);
    }

    /** A version that can be asked about a clone. */
    public record Candidate(String script, String hash, LoadedScript callee) {}

    /** Of each script that covers a class the version that is tried, else the one that acts. */
    public List<Candidate> candidates(String label, String agent) {
        List<Candidate> all = new ArrayList<>();
        journal.standings().forEach((name, standing) -> {
            Version version = standing.trial().none() || standing.trial().stage() == Stage.REVERTED
                    ? standing.active()
                    : standing.trial();
            if (!standing.off() && !version.none() && mayDecide.test(name, agent)) {
                versions.find(name, version.hash())
                        .filter(callee -> settings(callee).covers(label))
                        .ifPresent(callee -> all.add(new Candidate(name, version.hash(), callee)));
            }
        });
        return all;
    }

    /** What a version says of a clone's failure; nothing is recorded. */
    public Answer ask(Candidate candidate, CaseView view, String input) {
        Version version = Version.NONE;
        Asked asked = new Asked(candidate.script(), version, false, candidate.callee(), new CompletableFuture<>());
        return call(List.of(asked), view, input).getFirst().answer().join();
    }

    private Optional<JsonNode> said(long number) {
        return journal
                .journal()
                .read(EventQuery.all()
                        .subject("healing/" + number)
                        .type(StrategyFold.ADVISED)
                        .limit(1))
                .stream()
                .findFirst()
                .map(PastCases::payload);
    }

    private static Advice advice(CaseView view, Choice builtIn, String act, Optional<Advice.By> by) {
        if (by.isEmpty()) {
            return new Advice(builtIn, by);
        }
        List<Choice.Option> options = new ArrayList<>();
        view.possible().stream()
                .filter(option -> option.act().word().equals(act))
                .forEach(options::add);
        if (options.isEmpty()) {
            // It was possible when it was chosen, before a crash, and is no more.
            return new Advice(builtIn, Optional.empty());
        }
        view.possible().stream()
                .filter(option -> !option.act().word().equals(act))
                .sorted(Comparator.comparingDouble(Choice.Option::expected)
                        .reversed()
                        .thenComparing(Choice.Option::act))
                .forEach(options::add);
        return new Advice(new Choice(options), by);
    }

    /** Who is to be asked, in the order of hearing: by priority, those of the class before those of all, by name. */
    private List<Asked> asked(CaseView view) {
        SortedMap<String, LoadedScript> loaded = kind.all();
        if (loaded.isEmpty()) {
            return List.of();
        }
        SortedMap<String, Standing> standings = journal.standings();
        List<Map.Entry<String, LoadedScript>> order = new ArrayList<>(loaded.entrySet());
        order.sort(Comparator.comparingInt((Map.Entry<String, LoadedScript> each) ->
                        -settings(each.getValue()).priority())
                .thenComparing(each -> settings(each.getValue()).label().equals(StrategySettings.ANY))
                .thenComparing(Map.Entry::getKey));
        List<Asked> asked = new ArrayList<>();
        for (Map.Entry<String, LoadedScript> each : order) {
            Standing standing = standings.get(each.getKey());
            if (standing == null
                    || standing.off()
                    || asked.size() >= MOST_ASKED
                    || !mayDecide.test(each.getKey(), view.agent())) {
                continue;
            }
            for (Version version : List.of(standing.trial(), standing.active())) {
                ask(each.getKey(), version, view, asked);
            }
        }
        return asked;
    }

    private void ask(String script, Version version, CaseView view, List<Asked> into) {
        if (version.none() || !version.stage().asked()) {
            return;
        }
        LoadedScript callee = versions.find(script, version.hash()).orElse(null);
        // The class is that of the version, which an edit may have changed.
        if (callee != null && !settings(callee).covers(view.label())) {
            return;
        }
        boolean acts = version.stage() == Stage.ACTIVE
                || version.stage() == Stage.CANARY
                        && inCanary(view.number(), version.hash(), rules.get().canaryShare());
        into.add(new Asked(script, version, acts, callee, new CompletableFuture<>()));
    }

    private static StrategySettings settings(LoadedScript script) {
        return StrategySettings.of(script.header());
    }

    /** Whether a case is one of the share, always the same: by a hash of its number and of the version (the finaliser of MurmurHash3). */
    static boolean inCanary(long number, String hash, double share) {
        long mixed = number * 0x9E3779B97F4A7C15L ^ Long.parseUnsignedLong(hash.substring(0, 16), 16);
        mixed = (mixed ^ mixed >>> 33) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
        mixed ^= mixed >>> 33;
        return (mixed >>> 11) * 0x1.0p-53 < share;
    }

    private List<Asked> call(List<Asked> asked, CaseView view, String input) {
        List<String> possible =
                view.possible().stream().map(option -> option.act().word()).toList();
        String trigger = "case " + view.number() + " " + view.label() + " " + view.agent();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (Asked each : asked) {
            if (each.callee() == null) {
                each.answer().complete(Answer.failed("version " + each.version().hash() + " is not loaded"));
                continue;
            }
            all.add(each.callee().call(trigger, List.of(input)).thenAccept(outcomes -> {
                ScriptOutcome outcome = outcomes.getFirst();
                each.answer().complete(Answer.of(outcome, possible));
            }));
        }
        long patience = rules.get().patienceMillis();
        try {
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(patience, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            asked.forEach(each -> each.answer()
                    .complete(Answer.failed("it gave no answer within " + patience + " ms (script.seconds)")));
        } catch (ExecutionException e) {
            asked.forEach(each -> each.answer().complete(Answer.failed(String.valueOf(e.getCause()))));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            asked.forEach(each -> each.answer().complete(Answer.failed("the daemon is going down")));
        }
        return asked;
    }

    private void record(CaseView view, String act, Optional<Advice.By> by, Panel panel, Cause classified) {
        ObjectNode payload = JSON.createObjectNode()
                .put("case", view.number())
                .put("agent", view.agent())
                .put("class", view.label())
                .put("act", act);
        by.ifPresent(
                it -> payload.put("script", it.script()).put("hash", it.hash()).put("why", it.why()));
        by.filter(it -> !it.parameters().isEmpty())
                .ifPresent(it -> payload.set("parameters", JSON.valueToTree(it.parameters())));
        ArrayNode scripts = payload.putArray("scripts");
        for (Finding finding : panel.findings()) {
            Voice voice = finding.voice();
            ObjectNode each = scripts.addObject()
                    .put("script", voice.script())
                    .put("hash", voice.hash())
                    .put("stage", voice.stage().word())
                    .put("acts", finding.acts())
                    .put("would", finding.would())
                    .put("without", finding.without())
                    .put("expected", expected(view, finding.without()));
            if (!voice.answer().why().isEmpty()) {
                each.put("why", voice.answer().why());
            }
            if (!voice.answer().error().isEmpty()) {
                each.put("error", voice.answer().error());
            }
        }
        journal.advised(view.number(), payload, classified);
    }

    private static double expected(CaseView view, String act) {
        Optional<Act> known = Act.of(act);
        return view.possible().stream()
                .filter(option -> known.isPresent() && option.act() == known.get())
                .mapToDouble(Choice.Option::expected)
                .map(value -> Math.round(value * 1e4) / 1e4)
                .findFirst()
                .orElse(0);
    }
}
