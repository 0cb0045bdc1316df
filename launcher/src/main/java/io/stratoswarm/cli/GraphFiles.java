package io.stratoswarm.cli;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.GraphSyntax;
import io.stratoswarm.api.graph.GraphSyntax.Parsed;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.graph.NodeType;
import io.stratoswarm.core.manifest.ManifestParser;
import io.stratoswarm.core.manifest.ManifestParser.Extensions;
import io.stratoswarm.core.manifest.SourceCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Reads manifests in every form, with their includes and parameters, without a daemon. Other forms are loaded when one is met. */
final class GraphFiles {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(@[0-9]{1,18})?");
    private static final String STANDARD_INPUT = "standard-input.graph";

    private final Context context;

    GraphFiles(Context context) {
        this.context = context;
    }

    /**
     * A manifest that was read.
     *
     * @param source with all of its files
     * @param tree absent where it is no tree at all
     * @param syntax absent for the JSON form
     * @param result of all checks
     */
    record Loaded(
            GraphSource source, Optional<GraphTree.Obj> tree, Optional<GraphSyntax> syntax, ManifestResult result) {
        /** As the API takes it. */
        String body() {
            return syntax.isPresent() ? SourceCodec.write(source) : source.text();
        }

        /** The tree of a manifest without errors; else they are shown, and the command fails. */
        GraphTree.Obj good(Context context) throws Failure {
            show(result.errors(), "error", context);
            if (result.manifest().isEmpty() || tree.isEmpty()) {
                int count = result.errors().size();
                throw new Failure(
                        ExitCode.INVALID,
                        source.file() + " is not valid: " + count + (count == 1 ? " error" : " errors"));
            }
            return tree.get();
        }
    }

    static OptionSpec parameterOption() {
        return Common.several("NAME=VALUE", "value of a parameter of a .graph file", "--param");
    }

    static Map<String, String> parameters(ParseResult parsed) throws Failure {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String given : Common.texts(parsed, "--param")) {
            int sign = given.indexOf('=');
            if (sign < 1) {
                throw new Failure(ExitCode.USAGE, "--param takes NAME=VALUE, not '" + given + "'");
            }
            if (parameters.put(given.substring(0, sign), given.substring(sign + 1)) != null) {
                throw new Failure(ExitCode.USAGE, "the parameter '" + given.substring(0, sign) + "' is given twice");
            }
        }
        return parameters;
    }

    /** The syntax of a file, if it is not JSON. */
    static Optional<GraphSyntax> syntax(String file) {
        if (file.endsWith(".json")) {
            return Optional.empty();
        }
        for (GraphSyntax syntax : ServiceLoader.load(GraphSyntax.class)) {
            if (file.endsWith(syntax.extension())) {
                return Optional.of(syntax);
            }
        }
        return Optional.empty();
    }

    /** The syntax of the graph language. */
    static GraphSyntax language() throws Failure {
        return syntax(STANDARD_INPUT)
                .orElseThrow(() -> new Failure(
                        ExitCode.UNAVAILABLE,
                        "bundles/graphops.jar of the distribution is missing; without it .graph files cannot be read"));
    }

    Loaded load(String file, Map<String, String> parameters) throws Failure, IOException {
        String text = ManifestFiles.read(file, context);
        String name = !file.equals("-") ? file : isLanguage(text) ? STANDARD_INPUT : ManifestFiles.name(file);
        if (name.endsWith(".graph")) {
            language();
        }
        return load(new GraphSource(name, text, Map.of(), parameters), syntax(name), this::included);
    }

    private static Loaded load(GraphSource source, Optional<GraphSyntax> syntax, GraphSyntax.Includes includes) {
        if (syntax.isEmpty()) {
            ManifestResult result = ManifestParser.parse(source, Extensions.NONE);
            Optional<GraphTree> tree = ManifestParser.tree(source.file(), source.text());
            return new Loaded(source, tree.flatMap(GraphFiles::object), syntax, result);
        }
        Parsed parsed = syntax.get().parse(source, includes);
        Map<String, String> included = new LinkedHashMap<>(parsed.texts());
        included.remove(source.file());
        GraphSource whole = new GraphSource(source.file(), source.text(), included, source.parameters());
        List<NodeType> types = new ArrayList<>();
        ServiceLoader.load(NodeType.class).forEach(types::add);
        ManifestResult result =
                ManifestParser.check(whole, parsed, new Extensions(List.of(syntax.get()), types, false));
        return new Loaded(whole, parsed.tree().flatMap(GraphFiles::object), syntax, result);
    }

    private static Optional<GraphTree.Obj> object(GraphTree tree) {
        return tree instanceof GraphTree.Obj object ? Optional.of(object) : Optional.empty();
    }

    /** JSON begins with a brace, behind comments. */
    private static boolean isLanguage(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("//"))
                .findFirst()
                .map(line -> line.startsWith("#") || Character.isLetter(line.charAt(0)))
                .orElse(false);
    }

    private Optional<String> included(String name) {
        try {
            return Optional.of(ManifestFiles.read(name, context));
        } catch (Failure e) {
            if (e.exit() == ExitCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw new StratoswarmException(Kind.INVALID, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new StratoswarmException(Kind.INVALID, "'" + name + "' cannot be read: " + e.getMessage(), e);
        }
    }

    /** A file, or what a running graph was applied from: {@code NAME} or {@code NAME@GENERATION}. */
    Loaded loadAny(String what, Map<String, String> parameters) throws Failure, IOException {
        boolean file = what.equals("-") || Files.isRegularFile(Path.of(what));
        if (file || !NAME.matcher(what).matches()) {
            return load(what, parameters);
        }
        if (!parameters.isEmpty()) {
            throw new Failure(
                    ExitCode.USAGE, "--param is for files; the graph '" + what + "' keeps those it was applied with");
        }
        int sign = what.indexOf('@');
        String name = sign < 0 ? what : what.substring(0, sign);
        String query = sign < 0 ? "" : "?generation=" + what.substring(sign + 1);
        Map<String, Object> answer =
                JsonText.object(context.daemon().get("graphs/" + ApiClient.encode(name) + "/source" + query));
        GraphSource source = new GraphSource(
                JsonText.text(answer, "file"),
                JsonText.text(answer, "text"),
                texts(JsonText.child(answer, "included")),
                texts(JsonText.child(answer, "parameters")));
        return load(
                source,
                syntax(source.file()),
                wanted -> Optional.ofNullable(source.included().get(wanted)));
    }

    private static Map<String, String> texts(Map<String, Object> map) {
        Map<String, String> texts = new LinkedHashMap<>();
        map.forEach((key, value) -> texts.put(key, String.valueOf(value)));
        return texts;
    }

    static void show(List<ManifestProblem> problems, String severity, Context context) {
        for (ManifestProblem problem : problems) {
            context.err()
                    .print(Problems.render(
                            problem.file(),
                            problem.line(),
                            problem.column(),
                            severity,
                            problem.message(),
                            problem.excerpt()));
        }
    }
}
