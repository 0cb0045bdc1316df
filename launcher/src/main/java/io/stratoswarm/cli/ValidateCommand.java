package io.stratoswarm.cli;

import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.graph.ManifestResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code validate}: needs no daemon. */
final class ValidateCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec(
                        "Checks manifests without a daemon and without changing anything. Warnings alone are no failure.",
                        "stratoswarm validate examples/*.json examples/*.graph")
                .addOption(GraphFiles.parameterOption())
                .addPositional(Common.parameter(0, "1..*", "FILE", "manifests; - for standard input"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        return validate(parsed, context);
    }

    /** What {@code graph check} does too. */
    static ExitCode validate(ParseResult parsed, Context context) throws Failure, IOException {
        boolean good = true;
        List<Object> results = new ArrayList<>();
        for (String file : Common.parameters(parsed, 0)) {
            GraphFiles.Loaded loaded = new GraphFiles(context).load(file, GraphFiles.parameters(parsed));
            String name = loaded.source().file();
            ManifestResult result = loaded.result();
            good &= result.manifest().isPresent();
            if (context.json()) {
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("file", name);
                entry.put("valid", result.manifest().isPresent());
                result.manifest().ifPresent(manifest -> entry.put("name", manifest.name()));
                entry.put(
                        "errors",
                        result.errors().stream().map(ValidateCommand::shape).toList());
                entry.put(
                        "warnings",
                        result.warnings().stream().map(ValidateCommand::shape).toList());
                results.add(entry);
                continue;
            }
            GraphFiles.show(result.errors(), "error", context);
            GraphFiles.show(result.warnings(), "warning", context);
            if (result.manifest().isPresent()) {
                GraphManifest manifest = result.manifest().get();
                context.out()
                        .println(name + ": good, graph " + manifest.name() + " with "
                                + count(manifest.nodes().size(), "node")
                                + (manifest.flows().isEmpty()
                                        ? ""
                                        : " and " + count(manifest.flows().size(), "flow")));
            } else {
                context.out()
                        .println(name + ": not valid, " + count(result.errors().size(), "error"));
            }
        }
        if (context.json()) {
            context.out().println(JsonText.write(Map.of("manifests", results)));
        }
        return good ? ExitCode.OK : ExitCode.INVALID;
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static Map<String, Object> shape(ManifestProblem problem) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("file", problem.file());
        shape.put("line", problem.line());
        shape.put("column", problem.column());
        shape.put("message", problem.message());
        shape.put("excerpt", problem.excerpt());
        return shape;
    }
}
