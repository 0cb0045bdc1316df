package io.stratoswarm.cli;

import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphSyntax.Formatted;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.core.manifest.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code graph ...}: everything around the text of a graph, and its life. What is about files alone needs no daemon. */
final class GraphCommand implements Command {
    private static final List<String> FORMS = List.of("--text", "--json", "--dot", "--mermaid", "--svg");

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Formats, checks, shows and compares graphs, in the graph language or as JSON; plans and undoes their"
                        + " changes.",
                "stratoswarm graph check examples/shop.graph",
                "stratoswarm graph show shop --svg >shop.svg");
        spec.addSubcommand(
                "fmt",
                Common.spec(
                                "Prints .graph files in the usual layout; comments are kept.",
                                "stratoswarm graph fmt -w examples/*.graph")
                        .addOption(Common.flag("write the files instead", "-w", "--write"))
                        .addOption(Common.flag("only name the files that differ, and fail if there are any", "--check"))
                        .addPositional(Common.parameter(0, "1..*", "FILE", "files; - for standard input")));
        spec.addSubcommand(
                "check",
                Common.spec(
                                "Checks manifests as 'validate' does, without a daemon.",
                                "stratoswarm graph check --param port=8081 shop.graph")
                        .addOption(GraphFiles.parameterOption())
                        .addPositional(Common.parameter(0, "1..*", "FILE", "manifests; - for standard input")));
        spec.addSubcommand(
                "show",
                Common.spec(
                                "Shows a graph with parameters and includes resolved: as text (the usual), JSON, or a"
                                        + " drawing.",
                                "stratoswarm graph show shop.graph --mermaid",
                                "stratoswarm graph show shop@3 --json")
                        .addOption(Common.flag("in the graph language", "--text"))
                        .addOption(Common.flag("in the JSON form", "--json"))
                        .addOption(Common.flag("as a drawing for Graphviz", "--dot"))
                        .addOption(Common.flag("as a drawing for Mermaid", "--mermaid"))
                        .addOption(Common.flag("as a drawing for browsers", "--svg"))
                        .addOption(GraphFiles.parameterOption())
                        .addPositional(Common.parameter(
                                0, "1", "FILE|NAME[@GENERATION]", "a file, or a graph that was applied")));
        spec.addSubcommand(
                "diff",
                Common.spec(
                                "Tells in what two graphs differ, whatever they are written in.",
                                "stratoswarm graph diff shop shop.graph",
                                "stratoswarm graph diff shop@3 shop@4")
                        .addOption(GraphFiles.parameterOption())
                        .addPositional(Common.parameter(0, "1", "FROM", "a file, or NAME[@GENERATION]"))
                        .addPositional(Common.parameter(1, "1", "TO", "a file, or NAME[@GENERATION]")));
        spec.addSubcommand(
                "plan",
                PlacementCommand.plan(ApplyCommand.options(Common.spec(
                                "Tells what 'apply' would do, why, and what it does to agents and records; or with --nodes"
                                        + " where agents would be on other places.",
                                "stratoswarm graph plan shop.graph",
                                "stratoswarm graph plan --nodes nodes.json shop.graph")))
                        .addPositional(Common.parameter(0, "1", "FILE", "the manifest; - for standard input")));
        spec.addSubcommand("explain", PlacementCommand.explainSpec());
        GraphStatus.add(spec);
        GraphLife.add(spec);
        return spec;
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException, InterruptedException {
        ParseResult sub = parsed.subcommand();
        if (sub == null) {
            throw new Failure(
                    ExitCode.USAGE,
                    "'graph' needs one of fmt, check, show, diff, plan, explain, status, set, history, rollback; see"
                            + " 'stratoswarm graph --help'");
        }
        return switch (sub.commandSpec().name()) {
            case "fmt" -> format(sub, context);
            case "check" -> ValidateCommand.validate(sub, context);
            case "show" -> show(sub, context);
            case "diff" -> diff(sub, context);
            case "plan" ->
                PlacementCommand.asked(sub)
                        ? PlacementCommand.plan(sub, context)
                        : ApplyCommand.change(sub, context).plan();
            case "explain" -> PlacementCommand.explain(sub, context);
            case "status" -> GraphStatus.run(sub, context);
            default -> GraphLife.run(sub, context);
        };
    }

    private static ExitCode format(ParseResult parsed, Context context) throws Failure, IOException {
        boolean write = Common.has(parsed, "--write");
        boolean check = Common.has(parsed, "--check");
        if (write && check) {
            throw new Failure(ExitCode.USAGE, "--write and --check exclude each other");
        }
        List<String> different = new ArrayList<>();
        boolean good = true;
        for (String file : Common.parameters(parsed, 0)) {
            if (file.endsWith(".json")) {
                throw new Failure(ExitCode.INVALID, file + " is JSON; fmt is for files in the graph language");
            }
            String text = ManifestFiles.read(file, context);
            Formatted formatted = GraphFiles.language().format(ManifestFiles.name(file), text);
            GraphFiles.show(formatted.problems(), "error", context);
            Optional<String> laidOut = formatted.text();
            good &= laidOut.isPresent();
            if (laidOut.isEmpty()) {
                continue;
            }
            boolean same = laidOut.get().equals(text);
            if (!same) {
                different.add(ManifestFiles.name(file));
            }
            if (write && !file.equals("-")) {
                if (!same) {
                    replace(Path.of(file), laidOut.get());
                }
            } else if (!check) {
                context.out().print(laidOut.get());
            }
        }
        if (check && context.json()) {
            context.out().println(JsonText.write(Map.of("different", different)));
        } else if (check) {
            different.forEach(file -> context.out().println(file));
        }
        if (!good) {
            return ExitCode.INVALID;
        }
        return check && !different.isEmpty() ? ExitCode.FAILED : ExitCode.OK;
    }

    /** By another file in the same folder, so that a full disk or a crash leaves the old text or the new one. */
    private static void replace(Path file, String text) throws IOException {
        Path real = file.toRealPath();
        Path folder = real.getParent() == null ? Path.of(".") : real.getParent();
        Path fresh = Files.createTempFile(folder, ".fmt-", ".graph");
        try {
            Files.writeString(fresh, text);
            Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(real));
            Files.move(fresh, real, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static ExitCode show(ParseResult parsed, Context context) throws Failure, IOException {
        List<String> forms =
                FORMS.stream().filter(form -> Common.has(parsed, form)).toList();
        if (forms.size() > 1) {
            throw new Failure(ExitCode.USAGE, String.join(" and ", forms) + " exclude each other");
        }
        GraphFiles.Loaded loaded =
                new GraphFiles(context).loadAny(Common.parameter(parsed, 0, ""), GraphFiles.parameters(parsed));
        GraphTree.Obj tree = loaded.good(context);
        GraphManifest manifest = loaded.result().manifest().orElseThrow();
        String form = forms.isEmpty() ? (context.json() ? "--json" : "--text") : forms.getFirst();
        context.out()
                .print(
                        switch (form) {
                            case "--json" -> Trees.pretty(tree) + "\n";
                            case "--dot" -> GraphDrawing.of(manifest).dot();
                            case "--mermaid" -> GraphDrawing.of(manifest).mermaid();
                            case "--svg" -> SvgDrawing.of(GraphDrawing.of(manifest));
                            default -> GraphFiles.language().write(tree);
                        });
        return ExitCode.OK;
    }

    private static ExitCode diff(ParseResult parsed, Context context) throws Failure, IOException {
        GraphFiles files = new GraphFiles(context);
        Map<String, String> parameters = GraphFiles.parameters(parsed);
        String from = Common.parameter(parsed, 0, "");
        String to = Common.parameter(parsed, 1, "");
        if (from.equals("-") && to.equals("-")) {
            throw new Failure(ExitCode.USAGE, "standard input can be one of the two only");
        }
        GraphTree.Obj old = one(files, from, parameters).good(context);
        GraphTree.Obj now = one(files, to, parameters).good(context);
        GraphDiff diff = GraphDiff.of(old, now);
        context.out().print(context.json() ? JsonText.write(diff.shape()) + "\n" : diff.text());
        return ExitCode.OK;
    }

    /** Parameters are for the files among the two; a graph that was applied keeps its own. */
    private static GraphFiles.Loaded one(GraphFiles files, String what, Map<String, String> parameters)
            throws Failure, IOException {
        boolean language = what.endsWith(".graph") || what.equals("-");
        return files.loadAny(what, language ? parameters : Map.of());
    }
}
