package io.stratoswarm.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code agent show|lease|release|control}: one agent, by its id. */
final class OneAgentCommand implements Command {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})(|B|KiB|MiB|GiB)");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");
    private static final String FOR = "--for";
    private static final String NICE = "--nice";
    private static final String CPUS = "--cpus";
    private static final String CPU_LIMIT = "--cpu-limit";
    private static final String RECLAIM = "--reclaim";

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Shows one agent, holds it for a time, and changes its running processes.",
                "stratoswarm agent show shop/api",
                "stratoswarm agent lease shop/api --for 10m --reason 'a look at its heap'",
                "stratoswarm agent control shop/api --nice 10");
        spec.addSubcommand(
                "show",
                Common.spec("Shows one agent.", "stratoswarm agent show shop/api")
                        .addPositional(id()));
        spec.addSubcommand(
                "lease",
                Common.spec(
                                "Holds an agent: its restart policy does not act until the time is over, or until you release it, and"
                                        + " no other may hold it. Given again, it goes on from then. Your own start, stop, restart"
                                        + " and kill act as usual; those of another operator end it.",
                                "stratoswarm agent lease shop/api --for 10m --reason 'a look at its heap'")
                        .addOption(Common.option("TIME", "how long: 30s, 10m, 2h; at most 24h", FOR))
                        .addOption(Common.option("TEXT", "what it is for, which others are shown", "--reason"))
                        .addPositional(id()));
        spec.addSubcommand(
                "release",
                Common.spec(
                                "Gives an agent that you hold back to its restart policy.",
                                "stratoswarm agent release shop/api")
                        .addPositional(id()));
        spec.addSubcommand(
                "control",
                Common.spec(
                                "Changes the processes of a running agent, one thing at a time, until its next start. What this host"
                                        + " cannot do is said, with exit status 8.",
                                "stratoswarm agent control shop/api --cpu-limit 0.5",
                                "stratoswarm agent control shop/api --reclaim 64MiB")
                        .addOption(Common.option("N", "niceness, -20 (goes first) to 19 (goes last)", NICE))
                        .addOption(Common.option("CPUS", "processors to stay on: 0,1 or 0-3,8", CPUS))
                        .addOption(Common.option("CORES", "processor time: 0.5; 0 for what was declared", CPU_LIMIT))
                        .addOption(Common.option(
                                "SIZE", "memory to take away that the kernel can bring back: 64MiB", RECLAIM))
                        .addPositional(id()));
        return spec;
    }

    private static PositionalParamSpec id() {
        return Common.parameter(0, "1", "ID", "id of the agent, as 'stratoswarm ps' shows it");
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        ParseResult sub = parsed.subcommand();
        if (sub == null) {
            throw new Failure(
                    ExitCode.USAGE, "agent what? show, lease, release or control; see: stratoswarm help agent");
        }
        String id = Common.parameter(sub, 0, "");
        return switch (sub.commandSpec().name()) {
            case "lease" -> lease(id, sub, context);
            case "release" -> release(id, context);
            case "control" -> control(id, sub, context);
            default -> show(id, context);
        };
    }

    private static ExitCode show(String id, Context context) throws Failure, IOException {
        StringBuilder path = new StringBuilder("agents");
        for (String part : id.split("/", -1)) {
            path.append('/').append(ApiClient.encode(part));
        }
        String answer = context.daemon().get(path.toString());
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Map<String, Object> agent = JsonText.object(answer);
        Map<String, String> lines = new LinkedHashMap<>();
        for (String key : List.of("id", "phase", "reason", "since", "pid", "started", "incarnation", "restarts")) {
            lines.put(key, JsonText.text(agent, key));
        }
        lines.put("last exit", JsonText.text(agent, "lastExit"));
        lines.put("lease", lease(agent).orElse(""));
        lines.put("command", JsonText.text(agent, "command"));
        lines.forEach((key, value) -> {
            if (!value.isEmpty()) {
                context.out().println(key + ": " + Table.printable(value));
            }
        });
        return ExitCode.OK;
    }

    /** Who holds an agent, until when and why. */
    static Optional<String> lease(Map<String, Object> agent) throws IOException {
        if (!agent.containsKey("lease")) {
            return Optional.empty();
        }
        Map<String, Object> lease = JsonText.child(agent, "lease");
        return Optional.of("held by " + JsonText.text(lease, "holder") + " until " + second(lease) + ": "
                + JsonText.text(lease, "reason"));
    }

    private static String second(Map<String, Object> lease) {
        return JsonText.text(lease, "until").replaceFirst("\\.\\d+Z$", "Z");
    }

    private static ExitCode lease(String id, ParseResult parsed, Context context) throws Failure, IOException {
        String length = Common.text(parsed, FOR, "");
        String reason = Common.text(parsed, "--reason", "");
        if (length.isEmpty() || reason.isBlank()) {
            throw new Failure(ExitCode.USAGE, "agent lease needs --for TIME and --reason TEXT");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("selector", id);
        body.put("millis", Moments.millis(length, FOR));
        body.put("reason", reason);
        String answer = context.daemon().postJson("agents/lease", body);
        context.out()
                .println(
                        context.json()
                                ? answer
                                : "holds " + Table.printable(id) + " until " + second(JsonText.object(answer)));
        return ExitCode.OK;
    }

    private static ExitCode release(String id, Context context) throws Failure, IOException {
        String answer = context.daemon().postJson("agents/release", Map.of("selector", id));
        context.out().println(context.json() ? answer : "released " + Table.printable(id));
        return ExitCode.OK;
    }

    private static ExitCode control(String id, ParseResult parsed, Context context) throws Failure, IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("selector", id);
        String nice = Common.text(parsed, NICE, "");
        if (!nice.isEmpty()) {
            if (!nice.matches("-?\\d{1,3}")) {
                throw new Failure(ExitCode.USAGE, NICE + " must be -20 to 19, not '" + nice + "'");
            }
            body.put("nice", Long.parseLong(nice));
        }
        String cpus = Common.text(parsed, CPUS, "");
        if (!cpus.isEmpty()) {
            body.put("cpus", cpus(cpus));
        }
        String cores = Common.text(parsed, CPU_LIMIT, "");
        if (!cores.isEmpty()) {
            if (!cores.matches("\\d{1,4}(\\.\\d{1,6})?")) {
                throw new Failure(ExitCode.USAGE, CPU_LIMIT + " must be a number such as 0.5, not '" + cores + "'");
            }
            body.put("cpuCores", Double.valueOf(cores));
        }
        String size = Common.text(parsed, RECLAIM, "");
        if (!size.isEmpty()) {
            body.put("reclaimBytes", bytes(size));
        }
        if (body.size() != 2) {
            throw new Failure(
                    ExitCode.USAGE,
                    "agent control needs one of " + String.join(", ", NICE, CPUS, CPU_LIMIT, RECLAIM)
                            + ", and only one");
        }
        String answer = context.daemon().postJson("agents/control", body);
        Map<String, Object> outcome = JsonText.object(answer);
        boolean done = JsonText.text(outcome, "outcome").equals("done");
        if (context.json()) {
            context.out().println(answer);
        } else if (done) {
            context.out().println(Table.printable(id + ": " + JsonText.text(outcome, "detail")));
        } else {
            context.err().println(Table.printable("unavailable: " + JsonText.text(outcome, "detail")));
        }
        return done ? ExitCode.OK : ExitCode.UNAVAILABLE;
    }

    private static List<Integer> cpus(String text) throws Failure {
        List<Integer> cpus = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher range = RANGE.matcher(part);
            if (!range.matches()) {
                throw new Failure(ExitCode.USAGE, CPUS + " must be like 0,1 or 0-3,8, not '" + text + "'");
            }
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            if (last < first) {
                throw new Failure(ExitCode.USAGE, CPUS + ": '" + part + "' ends before it begins");
            }
            for (int cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }

    private static long bytes(String text) throws Failure {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new Failure(ExitCode.USAGE, RECLAIM + " must be a size such as 64MiB, not '" + text + "'");
        }
        int shift = switch (size.group(2)) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            default -> 0;
        };
        return Math.multiplyExact(Long.parseLong(size.group(1)), 1L << shift);
    }
}
