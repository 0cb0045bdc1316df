package io.stratoswarm.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code audit approvals|approve|reject}: decisions that a rule wants to be approved by somebody else. */
final class AuditApprovals {
    private AuditApprovals() {}

    static void add(CommandSpec spec) {
        spec.addSubcommand(
                "approvals",
                Common.spec(
                        "Lists decisions that wait for an approval, and those that were approved and have not acted yet.",
                        "stratoswarm audit approvals"));
        spec.addSubcommand(
                "approve",
                Common.spec(
                                "Lets a decision act. Whoever made it cannot approve it. A command is carried out when it is then"
                                        + " given again; what a script decided acts at once.",
                                "stratoswarm audit approve command/4be1c2f09a7d3e55/01f2a3b4c5d6e7f8")
                        .addOption(reason())
                        .addPositional(Common.parameter(0, "1", "ID", "the decision")));
        spec.addSubcommand(
                "reject",
                Common.spec("Closes a decision that waits for an approval.", "stratoswarm audit reject ID")
                        .addOption(reason())
                        .addPositional(Common.parameter(0, "1", "ID", "the decision")));
    }

    private static OptionSpec reason() {
        return Common.option("TEXT", "why; kept in the journal with the answer", "--reason");
    }

    static ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String name = parsed.commandSpec().name();
        if (name.equals("approvals")) {
            return list(context);
        }
        String id = Common.parameter(parsed, 0, "");
        String path = Arrays.stream(id.split("/", -1)).map(ApiClient::encode).collect(Collectors.joining("/"));
        String reason = Common.text(parsed, "--reason", "");
        Map<String, Object> body = reason.isEmpty() ? Map.of() : Map.of("reason", reason);
        String answer = context.daemon().postJson("approvals/" + path + "/" + name, body);
        context.out()
                .println(context.json() ? answer : id + " is " + (name.equals("approve") ? "approved" : "rejected"));
        return ExitCode.OK;
    }

    private static ExitCode list(Context context) throws Failure, IOException {
        String answer = context.daemon().get("approvals");
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        List<Map<String, Object>> all = JsonText.objects(JsonText.object(answer), "approvals");
        Table table = new Table("ID", "DECISION", "ABOUT", "BY", "MADE", "APPROVED BY", "RULES");
        for (Map<String, Object> each : all) {
            table.row(
                    JsonText.text(each, "id"),
                    JsonText.text(each, "decisionType"),
                    JsonText.text(each, "agent"),
                    JsonText.text(each, "actor"),
                    Times.since(JsonText.text(each, "decided"), context.clock()) + " ago",
                    JsonText.text(each, "approvedBy"),
                    String.join("; ", JsonText.texts(each, "reasons")));
        }
        table.print(context);
        if (all.isEmpty()) {
            context.err().println("none waits; rules with 'action: approve' make decisions wait");
        }
        return ExitCode.OK;
    }
}
