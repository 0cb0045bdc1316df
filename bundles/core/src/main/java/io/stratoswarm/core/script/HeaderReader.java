package io.stratoswarm.core.script;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptHeader.ScriptExample;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.core.manifest.Fields;
import io.stratoswarm.core.manifest.JsonTree;
import io.stratoswarm.core.manifest.Nearest;
import io.stratoswarm.core.manifest.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the header of a script. Never throws for bad input; reports everything that is wrong in one go, each with its place. */
final class HeaderReader {
    static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private static final List<String> COMMON = List.of("name", "kind", "description", "limits", "examples");
    private static final List<String> LIMITS = List.of("wall", "statements", "memory", "output", "queue");
    private static final List<String> EXAMPLE = List.of("input", "output");
    private static final int MAX_DESCRIPTION = 500;
    private static final int MAX_EXAMPLES = 100;

    private final Function<String, Optional<ScriptKind>> kinds;
    private final Problems problems;
    private final Map<String, GraphTree.Place> places = new HashMap<>();
    private final List<GraphTree.Place> examplePlaces = new ArrayList<>();

    private HeaderReader(Function<String, Optional<ScriptKind>> kinds, Problems problems) {
        this.kinds = kinds;
        this.problems = problems;
    }

    /**
     * @param file its name, for messages
     * @param kinds the kinds that are there; the settings of another one are taken as they are
     */
    static ScriptFile read(String file, String hash, String text, Function<String, Optional<ScriptKind>> kinds) {
        Problems problems = new Problems(file, text);
        String fallback = baseName(file);
        Optional<Language> language = Language.of(file);
        if (language.isEmpty()) {
            problems.error(problems.start(), Language.refusal(file).orElse("the name of a script ends in .js or .py"));
            // By its whole name, so that it takes no name from the script that it may have been compiled to.
            String whole = file.substring(file.lastIndexOf('/') + 1);
            return new ScriptFile(file, hash, text, whole, Optional.empty(), List.of(), problems.errors());
        }
        HeaderReader reader = new HeaderReader(kinds, problems);
        Optional<ScriptHeader> header = HeaderText.find(language.get(), text, problems)
                .flatMap(found -> reader.json(language.get(), found))
                .flatMap(root -> reader.header(root, fallback, language.get()));
        return new ScriptFile(
                file,
                hash,
                text,
                header.map(ScriptHeader::name).orElse(fallback),
                problems.failed() ? Optional.empty() : header,
                reader.examplePlaces,
                problems.errors());
    }

    static String baseName(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? name : name.substring(0, dot);
    }

    private Optional<GraphTree> json(Language language, String found) {
        Optional<GraphTree> root = JsonTree.read(found, "header", "it must be an object with \"kind\"", problems);
        if (root.isEmpty()) {
            ManifestProblem first = problems.errors().getFirst();
            HeaderText.hint(language, found, first)
                    .ifPresent(hint ->
                            problems.error(new GraphTree.Place(first.file(), first.line(), first.column()), hint));
        }
        return root;
    }

    private Optional<ScriptHeader> header(GraphTree root, String fallback, Language language) {
        if (!(root instanceof GraphTree.Obj object)) {
            problems.error(root.place(), "the header must be an object, not " + root.kind());
            return Optional.empty();
        }
        object.members()
                .forEach(member -> places.put(member.key(), member.value().place()));
        String kindName = object.members().stream()
                .filter(member -> member.key().equals("kind"))
                .map(GraphTree.Member::value)
                .map(value -> value instanceof GraphTree.Text text ? text.value() : "")
                .findFirst()
                .orElse("");
        @Nullable ScriptKind kind = kinds.apply(kindName).orElse(null);
        List<String> allowed = new ArrayList<>(COMMON);
        if (kind != null) {
            kind.settings().stream().sorted().forEach(allowed::add);
        } else {
            // The keys of a kind that is absent cannot be judged.
            object.members().stream()
                    .map(GraphTree.Member::key)
                    .filter(key -> !COMMON.contains(key))
                    .forEach(allowed::add);
        }
        Fields fields = new Fields(problems, object, "the header", allowed);
        fields.require("kind", "\"reaction\"");
        fields.text("kind").ifPresent(text -> name("kind", text, fields));
        String name = fields.text("name").orElse(fallback);
        name("name", name, fields);
        ScriptLimits limits = limits(fields, kind == null ? ScriptLimits.DEFAULT : kind.limits());
        String description = fields.text("description").orElse("");
        if (description.length() > MAX_DESCRIPTION || description.contains("\n")) {
            problems.error(
                    fields.place("description"),
                    "'description' is one line of at most " + MAX_DESCRIPTION + " characters");
        }
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        object.members().stream()
                .filter(member -> !COMMON.contains(member.key()))
                .forEach(member -> settings.set(member.key(), JsonNodes.of(member.value())));
        ScriptHeader header = new ScriptHeader(
                name, kindName, language.id(), description, JsonNodes.write(settings), limits, examples(fields, kind));
        if (kind != null && !problems.failed()) {
            check(kind, header, object.place());
        }
        return Optional.of(header);
    }

    private void name(String key, String text, Fields fields) {
        if (!NAME.matcher(text).matches()) {
            boolean ofFile = key.equals("name") && !fields.has("name");
            problems.error(
                    fields.place(key),
                    ofFile
                            ? "the file's name '" + Problems.clip(text, 80)
                                    + "' cannot be the script's; rename it, or give a \"name\" of a-z, 0-9 and hyphens"
                            : "'" + key + "' must be 1 to 63 characters of a-z, 0-9 and hyphens, not '"
                                    + Problems.clip(text, 80) + "'");
        }
    }

    private ScriptLimits limits(Fields header, ScriptLimits standard) {
        return header.object("limits")
                .map(object -> {
                    Fields fields = new Fields(problems, object, "the limits", LIMITS);
                    long wall = fields.duration("wall", 1).orElse(standard.wallMillis());
                    long statements =
                            fields.integer("statements", 1_000, 1_000_000_000).orElse(standard.statements());
                    long memory = fields.size("memory", 1 << 20).orElse(standard.memoryBytes());
                    long output = fields.size("output", 1).orElse(standard.outputBytes());
                    int queue = fields.small("queue", 1, 100_000).orElse(standard.queue());
                    most(fields, "wall", wall, 60_000, "\"60s\"");
                    most(fields, "memory", memory, 1 << 30, "\"1GiB\"");
                    most(fields, "output", output, 16 << 20, "\"16MiB\"");
                    return problems.failed()
                            ? standard
                            : new ScriptLimits(wall, statements, memory, Math.toIntExact(output), queue);
                })
                .orElse(standard);
    }

    private void most(Fields fields, String key, long value, long max, String shown) {
        if (value > max) {
            problems.error(fields.place(key), "'" + key + "' must be at most " + shown);
        }
    }

    private List<ScriptExample> examples(Fields header, @Nullable ScriptKind kind) {
        List<ScriptExample> examples = new ArrayList<>();
        List<GraphTree> items = header.array("examples").orElse(List.of());
        if (items.size() > MAX_EXAMPLES) {
            problems.error(
                    header.place("examples"), "there are " + items.size() + " examples; at most " + MAX_EXAMPLES);
            return examples;
        }
        for (GraphTree item : items) {
            if (!(item instanceof GraphTree.Obj object)) {
                problems.error(
                        item.place(), "an example must be an object with \"input\" and \"output\", not " + item.kind());
                continue;
            }
            Fields fields = new Fields(problems, object, "an example", EXAMPLE);
            fields.require("input", "{}");
            fields.require("output", "{}");
            if (fields.has("input") && fields.has("output")) {
                GraphTree input = fields.value("input").orElseThrow();
                if (kind != null) {
                    SchemaChecker.of(kind.inputSchema())
                            .wrongInPart(JsonNodes.of(input))
                            .ifPresent(wrong -> problems.error(input.place(), "the example's input: " + wrong));
                }
                examplePlaces.add(item.place());
                examples.add(new ScriptExample(
                        JsonNodes.write(JsonNodes.of(input)),
                        JsonNodes.write(JsonNodes.of(fields.value("output").orElseThrow()))));
            }
        }
        return examples;
    }

    /** What the kind itself finds wrong begins with the key that it is about, which tells the place. */
    private void check(ScriptKind kind, ScriptHeader header, GraphTree.Place start) {
        for (String wrong : kind.check(header)) {
            int colon = wrong.indexOf(':');
            String key = colon < 0 ? "" : wrong.substring(0, colon);
            String top = key.contains(".") ? key.substring(0, key.indexOf('.')) : key;
            problems.error(places.getOrDefault(top, start), wrong);
        }
    }

    /** For a kind that is absent: what it is called, and what was perhaps meant. */
    static String unknownKind(String kind, List<String> known) {
        return "no bundle offers the kind '" + kind + "' now; known are " + String.join(", ", known)
                + Nearest.hint(kind, known);
    }
}
