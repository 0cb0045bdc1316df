package io.stratoswarm.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The table of commands. Looking at it loads none of them. */
final class Commands {
    private static final String[][] TABLE = {
        {"daemon", "run the daemon in the foreground"},
        {"demo", "show on this host what stratoswarm does, in under two minutes"},
        {"status", "tell how the daemon is"},
        {"ps", "list agents"},
        {"top", "show what agents use, the busiest first"},
        {"logs", "show what agents printed"},
        {"start", "start agents that are down, quarantined ones too"},
        {"stop", "stop agents; they stay down"},
        {"restart", "stop and start agents"},
        {"kill", "end agents with SIGKILL; their restart policy applies"},
        {"signal", "send a signal to agents"},
        {"agent", "show one agent, hold it for a time, change its running processes"},
        {"apply", "make a graph as a manifest declares it"},
        {"delete", "stop and remove a graph"},
        {"validate", "check manifests without a daemon"},
        {"graph", "format, check, show, compare, plan and roll back graphs"},
        {"transform", "change a running graph while its records flow: split, merge, insert ..."},
        {"transforms", "list transforms, those that run first"},
        {"events", "show what happened"},
        {"capture", "capture agents and the host; show, compare, verify, prove and export captures"},
        {"captures", "list captures"},
        {"metrics", "show metrics of agents and the host, and the windows kept for failures"},
        {"at", "show agents, graphs, metrics or events as they were at a moment"},
        {"replay", "go through what happened, event by event, or without some of it"},
        {"diff", "tell what differs between two moments"},
        {"debug-failure", "rank what may have made an agent fail"},
        {"journal", "verify, prove, export, back up and repair the journal"},
        {"audit", "publish the journal for outsiders, verify what is published, export, erase"},
        {"plugins", "list bundles and why they are in their state"},
        {"open", "print a link that logs a browser in"},
        {"token", "make, list and revoke tokens of the API"},
        {"scripts", "list, show, trace, test, run, enable and disable scripts"},
        {"compliance", "show, enable, disable and check compliance rules"},
        {"heal", "what failures are taken for, what is done about them, and why"},
        {"predictions", "which agents are expected to fail, what is done about it, and how well that came true"},
        {"config", "show and change configurations"},
        {"doctor", "tell what this host can and cannot do, and why"},
        {"upgrade", "restart the daemon in place on new bits; agents keep running"},
        {"shutdown", "stop all agents, then the daemon"},
        {"completion", "print the completion script for bash and zsh"},
        {"version", "print the version"},
        {"help", "describe a command"},
    };

    private static final Set<String> WITHOUT_DAEMON =
            Set.of("daemon", "demo", "validate", "journal", "completion", "version", "help");

    /** Of the longest name, and a gap. */
    private static final int WIDTH = 15;

    private Commands() {}

    static List<String> names() {
        List<String> names = new ArrayList<>();
        Arrays.stream(TABLE).forEach(entry -> names.add(entry[0]));
        return names;
    }

    static String summary(String name) {
        for (String[] entry : TABLE) {
            if (entry[0].equals(name)) {
                return entry[1];
            }
        }
        throw new IllegalArgumentException(name);
    }

    /** Whether a command asks a daemon, and so may ask one that is reached by TCP. */
    static boolean asksDaemon(String name) {
        return !WITHOUT_DAEMON.contains(name);
    }

    static Optional<Command> make(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "daemon" -> new DaemonCommand();
                    case "demo" -> new DemoCommand();
                    case "status" -> new StatusCommand();
                    case "ps" -> new PsCommand();
                    case "top" -> new TopCommand();
                    case "logs" -> new LogsCommand();
                    case "start", "stop", "restart", "kill" -> new AgentCommand(name);
                    case "signal" -> new SignalCommand();
                    case "agent" -> new OneAgentCommand();
                    case "apply" -> new ApplyCommand();
                    case "delete" -> new DeleteCommand();
                    case "validate" -> new ValidateCommand();
                    case "graph" -> new GraphCommand();
                    case "transform" -> new TransformCommand();
                    case "transforms" -> new TransformsCommand();
                    case "events" -> new EventsCommand();
                    case "capture" -> new CaptureCommand();
                    case "captures" -> new CapturesCommand();
                    case "metrics" -> new MetricsCommand();
                    case "at" -> new AtCommand();
                    case "replay" -> new ReplayCommand();
                    case "diff" -> new DiffCommand();
                    case "debug-failure" -> new DebugFailureCommand();
                    case "journal" -> new JournalCommand();
                    case "audit" -> new AuditCommand();
                    case "plugins" -> new PluginsCommand();
                    case "open" -> new OpenCommand();
                    case "token" -> new TokenCommand();
                    case "scripts" -> new ScriptsCommand();
                    case "compliance" -> new ComplianceCommand();
                    case "heal" -> new HealCommand();
                    case "predictions" -> new PredictionsCommand();
                    case "config" -> new ConfigCommand();
                    case "doctor" -> new DoctorCommand();
                    case "upgrade" -> new UpgradeCommand();
                    case "shutdown" -> new ShutdownCommand();
                    case "completion" -> new CompletionCommand();
                    case "version" -> new VersionCommand();
                    case "help" -> new HelpCommand();
                    default -> null;
                });
    }

    static String overview() {
        StringBuilder text = new StringBuilder();
        text.append("Usage: stratoswarm [--data DIR] [--json] COMMAND ...\n\n");
        text.append(
                "Runs graphs of agents on this host and remembers everything in a journal that can be proved.\n\nCommands:\n");
        for (String name : names()) {
            text.append("  ")
                    .append(name)
                    .repeat(" ", WIDTH - name.length())
                    .append(summary(name))
                    .append('\n');
        }
        text.append("""

                Options of every command:
                  --data DIR  data folder of the daemon; else $STRATOSWARM_DATA, else /var/lib/stratoswarm for root and
                              ${XDG_DATA_HOME:-~/.local/share}/stratoswarm for others
                  --json      print JSON
                Options of commands that ask a daemon, to ask one elsewhere:
                  --url URL   its address, for example https://host:7443; else $STRATOSWARM_URL
                  --token-file F, --ca F, --client-cert F, --client-key F
                              token, authorities, and own certificate; else $STRATOSWARM_TOKEN_FILE, ..._CA, ..._CLIENT_CERT, ..._CLIENT_KEY
                  -h, --help  describe the command

                """);
        text.append(ExitCode.table());
        text.append("""

                Example:
                  stratoswarm apply examples/hello.json && stratoswarm ps
                """);
        return text.toString();
    }
}
