package io.stratoswarm.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code compliance ...}: packs of rules, scripts that are rules, and what breaks them. */
final class ComplianceCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Shows the packs of compliance rules and what does not hold now. Packs are .yaml files in the folder 'compliance' of"
                        + " the data folder, or scripts of the kind 'compliance'; those that come with the distribution are off until"
                        + " they are enabled.",
                "stratoswarm compliance",
                "stratoswarm compliance enable four-eyes");
        spec.addSubcommand(
                "status", Common.spec("Shows all packs and what does not hold now.", "stratoswarm compliance status"));
        spec.addSubcommand(
                "show",
                Common.spec(
                                "Shows the rules of one pack, and how often each was looked at.",
                                "stratoswarm compliance show blast-radius")
                        .addPositional(Common.parameter(0, "1", "NAME", "the pack")));
        spec.addSubcommand(
                "enable",
                Common.spec("Puts packs in force.", "stratoswarm compliance enable four-eyes")
                        .addPositional(Common.parameter(0, "1..*", "NAME", "packs")));
        spec.addSubcommand(
                "disable",
                Common.spec("Takes packs out of force.", "stratoswarm compliance disable four-eyes")
                        .addPositional(Common.parameter(0, "1..*", "NAME", "packs")));
        spec.addSubcommand(
                "check",
                Common.spec(
                                "Checks files of rules, .yaml, .js or .py; nothing is put in force.",
                                "stratoswarm compliance check ./limits.yaml")
                        .addPositional(Common.parameter(0, "1..*", "FILE", "files")));
        return spec;
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        ParseResult sub = parsed.subcommand();
        String name = sub == null ? "status" : sub.commandSpec().name();
        return switch (name) {
            case "status" -> status(context);
            case "show" -> show(Common.parameter(sub, 0, ""), context);
            case "check" -> check(Common.parameters(sub, 0), context);
            default -> turn(name, Common.parameters(sub, 0), context);
        };
    }

    private static ExitCode status(Context context) throws Failure, IOException {
        String answer = context.daemon().get("compliance");
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Map<String, Object> status = JsonText.object(answer);
        Table packs = new Table("PACK", "IN FORCE", "RULES", "BROKEN", "FAILED", "FILE");
        for (Map<String, Object> pack : JsonText.objects(status, "packs")) {
            List<Map<String, Object>> rules = JsonText.objects(pack, "rules");
            packs.row(
                    JsonText.text(pack, "name"),
                    JsonText.flag(pack, "enabled") ? "yes" : "no",
                    String.valueOf(rules.size()),
                    String.valueOf(rules.stream()
                            .mapToLong(rule -> JsonText.number(rule, "broken"))
                            .sum()),
                    String.valueOf(rules.stream()
                            .mapToLong(rule -> JsonText.number(rule, "failed"))
                            .sum()),
                    JsonText.text(pack, "file"));
        }
        packs.print(context);
        for (Map<String, Object> pack : JsonText.objects(status, "packs")) {
            for (String problem : JsonText.texts(pack, "problems")) {
                context.err().println(Table.printable(problem));
            }
        }
        List<Map<String, Object>> open = JsonText.objects(status, "open");
        context.out().println("");
        if (open.isEmpty()) {
            context.out().println("All rules in force on agents, graphs and state hold.");
            return ExitCode.OK;
        }
        Table broken = new Table("BROKEN NOW", "BY", "SEVERITY", "SINCE", "EVENT", "MESSAGE");
        for (Map<String, Object> violation : open) {
            broken.row(
                    JsonText.text(violation, "rule"),
                    JsonText.text(violation, "about"),
                    JsonText.text(violation, "severity"),
                    Times.since(JsonText.text(violation, "since"), context.clock()) + " ago",
                    JsonText.text(violation, "sequence"),
                    JsonText.text(violation, "message"));
        }
        broken.print(context);
        return ExitCode.OK;
    }

    private static ExitCode show(String name, Context context) throws Failure, IOException {
        Map<String, Object> status = JsonText.object(context.daemon().get("compliance"));
        List<Map<String, Object>> packs = JsonText.objects(status, "packs");
        Map<String, Object> pack = packs.stream()
                .filter(each -> JsonText.text(each, "name").equals(name))
                .findFirst()
                .orElseThrow(() -> new Failure(
                        ExitCode.NOT_FOUND,
                        "there is no pack of rules '" + name + "'; known are "
                                + String.join(
                                        ", ",
                                        packs.stream()
                                                .map(each -> JsonText.text(each, "name"))
                                                .toList())));
        if (context.json()) {
            context.out().println(JsonText.write(pack));
            return ExitCode.OK;
        }
        context.out().println(Table.printable(JsonText.text(pack, "description")));
        context.out().println("");
        Table table = new Table("RULE", "ON", "ACTION", "SEVERITY", "LOOKED", "BROKEN", "FAILED", "MESSAGE");
        for (Map<String, Object> rule : JsonText.objects(pack, "rules")) {
            table.row(
                    JsonText.text(rule, "name"),
                    JsonText.text(rule, "on"),
                    JsonText.text(rule, "action"),
                    JsonText.text(rule, "severity"),
                    JsonText.text(rule, "looked"),
                    JsonText.text(rule, "broken"),
                    JsonText.text(rule, "failed"),
                    JsonText.text(rule, "message"));
        }
        table.print(context);
        for (Map<String, Object> rule : JsonText.objects(pack, "rules")) {
            String failure = JsonText.text(rule, "lastFailure");
            if (!failure.isEmpty()) {
                context.err().println(JsonText.text(rule, "name") + ": " + Table.printable(failure));
            }
        }
        return ExitCode.OK;
    }

    private static ExitCode turn(String verb, List<String> names, Context context) throws Failure, IOException {
        for (String name : names) {
            String answer = context.daemon().postJson("compliance/" + ApiClient.encode(name) + "/" + verb, Map.of());
            context.out().println(context.json() ? answer : name + " is " + verb + "d");
        }
        return ExitCode.OK;
    }

    private static ExitCode check(List<String> files, Context context) throws Failure, IOException {
        List<String> problems = new ArrayList<>();
        for (String file : files) {
            Path path = Path.of(file);
            String text;
            try {
                text = Files.readString(path, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new Failure(ExitCode.INVALID, file + " cannot be read: " + e);
            }
            String answer = context.daemon()
                    .post(
                            "compliance/check?file="
                                    + ApiClient.encode(path.getFileName().toString()),
                            "application/yaml",
                            text);
            problems.addAll(JsonText.texts(JsonText.object(answer), "problems"));
        }
        if (context.json()) {
            context.out().println(JsonText.write(Map.of("problems", problems)));
        } else {
            problems.forEach(problem -> context.err().println(Table.printable(problem)));
            if (problems.isEmpty()) {
                context.out()
                        .println(files.size() == 1 ? "the file is good" : "all " + files.size() + " files are good");
            }
        }
        return problems.isEmpty() ? ExitCode.OK : ExitCode.INVALID;
    }
}
