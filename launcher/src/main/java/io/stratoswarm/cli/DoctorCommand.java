package io.stratoswarm.cli;

import io.stratoswarm.api.host.Capability;
import io.stratoswarm.core.process.HostReport;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code doctor}. It is what a newcomer runs first, so it probes the host itself where no daemon does. */
final class DoctorCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Common.spec(
                "Tells what this host can and cannot do for agents, and why, as the daemon has probed it. Where no daemon runs,"
                        + " this command probes the host as this user.",
                "stratoswarm doctor");
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String answer;
        try {
            answer = context.daemon().get("doctor");
        } catch (Failure e) {
            if (e.exit() != ExitCode.UNREACHABLE) {
                throw e;
            }
            answer = withoutDaemon(context);
        }
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Terminal terminal = context.terminal();
        Table table = new Table("CAPABILITY", "HERE", "DETAIL");
        table.painted(1, here -> here.equals("yes") ? terminal.green(here) : terminal.red(here));
        for (Map<String, Object> capability : JsonText.objects(JsonText.object(answer), "capabilities")) {
            table.row(
                    JsonText.text(capability, "name"),
                    JsonText.flag(capability, "available") ? "yes" : "no",
                    JsonText.text(capability, "detail"));
        }
        table.print(context);
        return ExitCode.OK;
    }

    private static String withoutDaemon(Context context) throws IOException {
        context.err()
                .println("no daemon runs on " + context.data()
                        + ": this is what the host offers to this user, without the checks that bundles add");
        List<Map<String, Object>> capabilities =
                HostReport.of(context.data()).stream().map(DoctorCommand::shape).toList();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("daemon", false);
        answer.put("capabilities", capabilities);
        return JsonText.write(answer);
    }

    private static Map<String, Object> shape(Capability capability) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("name", capability.name());
        shape.put("available", capability.available());
        shape.put("detail", capability.detail());
        return shape;
    }
}
