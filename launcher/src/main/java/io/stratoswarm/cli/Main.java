package io.stratoswarm.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code stratoswarm COMMAND ...}: finds the command, parses its options, runs it, and gives every failure one clear line. */
public final class Main {
    private final Map<String, String> environment;
    private final InputStream in;
    private final Output out;
    private final PrintStream err;
    private final InstantSource clock;

    Main(Map<String, String> environment, InputStream in, OutputStream out, PrintStream err, InstantSource clock) {
        this.environment = environment;
        this.in = in;
        this.out = new Output(out);
        this.err = err;
        this.clock = clock;
    }

    public static void main(String[] arguments) {
        // Unbuffered beneath, so that what is flushed is out, and a broken pipe is seen.
        OutputStream out = new java.io.BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 16 * 1024);
        Main main = new Main(
                System.getenv(), new FileInputStream(FileDescriptor.in), out, System.err, InstantSource.system());
        ExitCode exit = main.run(List.of(arguments));
        System.exit(exit.code());
    }

    ExitCode run(List<String> arguments) {
        ExitCode exit;
        try {
            exit = dispatch(arguments);
            out.flush();
        } catch (Output.Gone e) {
            exit = ExitCode.OK;
        } catch (Output.Lost e) {
            err.println("stratoswarm: " + e.getMessage());
            debug(e);
            exit = ExitCode.FAILED;
        }
        err.flush();
        return exit;
    }

    private ExitCode dispatch(List<String> arguments) {
        List<String> common = new ArrayList<>();
        int index = 0;
        while (index < arguments.size() && arguments.get(index).startsWith("-")) {
            String option = arguments.get(index);
            if (List.of("-h", "--help").contains(option)) {
                out.print(Commands.overview());
                return ExitCode.OK;
            }
            if (List.of("-V", "--version").contains(option)) {
                return command("version", common);
            }
            common.add(option);
            index++;
            if ((option.equals("--data") || RemoteEndpoint.VARIABLES.containsKey(option)) && index < arguments.size()) {
                common.add(arguments.get(index++));
            }
        }
        if (index == arguments.size()) {
            err.print(Commands.overview());
            return ExitCode.USAGE;
        }
        String name = arguments.get(index);
        List<String> rest = new ArrayList<>(common);
        rest.addAll(arguments.subList(index + 1, arguments.size()));
        return command(name, rest);
    }

    private ExitCode command(String name, List<String> arguments) {
        Optional<Command> command = Commands.make(name);
        if (command.isEmpty()) {
            return usage(unknown(name), "stratoswarm --help");
        }
        CommandLine line = new CommandLine(described(name, command.get()));
        Numbers.register(line);
        ParseResult parsed;
        try {
            parsed = line.parseArgs(arguments.toArray(String[]::new));
            wrong(parsed);
        } catch (ParameterException e) {
            String help = String.valueOf(e.getCommandLine().getCommandSpec().qualifiedName(" "));
            return usage(firstLine(e), help + " --help");
        }
        CommandLine used = parsed.asCommandLineList().getLast();
        if (used.getParseResult().hasMatchedOption("--help")) {
            out.print(used.getUsageMessage(CommandLine.Help.Ansi.OFF));
            return ExitCode.OK;
        }
        return execute(command.get(), parsed);
    }

    /** Of what is wrong a word that nothing is known of is told first: it may be what was meant for what is missing. */
    private static void wrong(ParseResult parsed) {
        List<ParameterException> all = new ArrayList<>();
        for (CommandLine each : parsed.asCommandLineList()) {
            for (Exception error : each.getParseResult().errors()) {
                all.add((ParameterException) error);
            }
        }
        all.stream()
                .filter(CommandLine.UnmatchedArgumentException.class::isInstance)
                .findFirst()
                .or(() -> all.stream().findFirst())
                .ifPresent(error -> {
                    throw error;
                });
    }

    private ExitCode execute(Command command, ParseResult parsed) {
        ParseResult last = parsed.asCommandLineList().getLast().getParseResult();
        boolean json = last.hasMatchedOption("--json") || parsed.hasMatchedOption("--json");
        try {
            String data = last.matchedOptionValue("--data", parsed.matchedOptionValue("--data", ""));
            Context context = new Context(
                    json,
                    folder(data),
                    RemoteEndpoint.of(remote(parsed, last)),
                    environment,
                    in,
                    out,
                    err,
                    Terminal.find(environment),
                    clock);
            return command.run(parsed, context);
        } catch (Failure e) {
            return failed(e, json);
        } catch (Output.Gone | Output.Lost e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(new Failure(ExitCode.FAILED, "interrupted", e), json);
        } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
            Failure known = KnownFailures.of(e)
                    .orElseGet(() -> new Failure(
                            ExitCode.FAILED,
                            "this should not have happened: " + e
                                    + "; STRATOSWARM_DEBUG=1 shows where, please report it",
                            e));
            return failed(known, json);
        }
    }

    /** What names a daemon elsewhere. A data folder that is named on the command line wins over a URL in the environment. */
    private Map<String, String> remote(ParseResult parsed, ParseResult last) {
        Map<String, String> settings = new HashMap<>();
        if (!last.commandSpec().optionsMap().containsKey("--url")) {
            return settings;
        }
        boolean local = last.hasMatchedOption("--data") || parsed.hasMatchedOption("--data");
        for (Map.Entry<String, String> entry : RemoteEndpoint.VARIABLES.entrySet()) {
            String option = entry.getKey();
            String fallback = local && option.equals("--url") ? "" : environment.getOrDefault(entry.getValue(), "");
            settings.put(option, last.matchedOptionValue(option, parsed.matchedOptionValue(option, fallback)));
        }
        return settings;
    }

    private Path folder(String given) throws Failure {
        try {
            return given.isEmpty()
                    ? Context.defaultData(
                            environment, System.getProperty("user.name", ""), System.getProperty("user.home", "/"))
                    : Path.of(given).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new Failure(ExitCode.USAGE, "--data names no path: " + e.getMessage(), e);
        }
    }

    private ExitCode failed(Failure failure, boolean json) {
        out.flush();
        String message = String.valueOf(failure.getMessage());
        if (json) {
            err.println(Problems.json(failure));
        } else {
            Problems.print(failure.problem(), err);
            err.println("stratoswarm: " + visible(message));
        }
        debug(failure);
        return failure.exit();
    }

    private void debug(Throwable failure) {
        if (environment.getOrDefault("STRATOSWARM_DEBUG", "").equals("1")) {
            failure.printStackTrace(err);
        }
    }

    private ExitCode usage(String message, String help) {
        err.println("stratoswarm: " + visible(message));
        err.println("See '" + help + "'.");
        return ExitCode.USAGE;
    }

    private static String unknown(String name) {
        List<String> near = new ArrayList<>();
        for (String candidate : Commands.names()) {
            if (!name.isEmpty() && candidate.startsWith(name)
                    || Distance.of(name, candidate) <= Math.max(1, name.length() / 3)) {
                near.add(candidate);
            }
        }
        return "unknown command '" + Table.printable(name) + "'"
                + (near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?");
    }

    /** Adds what every command has. */
    static CommandSpec described(String name, Command command) {
        CommandSpec spec = command.spec();
        spec.name("stratoswarm " + name);
        common(spec, Commands.asksDaemon(name));
        spec.usageMessage().width(110);
        return spec;
    }

    private static void common(CommandSpec spec, boolean remote) {
        if (remote) {
            spec.addOption(Common.option("URL", "a daemon elsewhere, for example https://host:7443", "--url"))
                    .addOption(Common.option("FILE", "its token", "--token-file"))
                    .addOption(Common.option("FILE", "authorities of its certificate, PEM", "--ca"))
                    .addOption(Common.option("FILE", "own certificate, PEM", "--client-cert"))
                    .addOption(Common.option("FILE", "key of the own certificate, PEM", "--client-key"));
        }
        if (spec.findOption("--data") == null) {
            spec.addOption(Common.option("DIR", "data folder of the daemon", "--data"));
        }
        if (spec.findOption("--json") == null) {
            spec.addOption(Common.flag("print JSON", "--json"));
        }
        spec.addOption(CommandLine.Model.OptionSpec.builder("-h", "--help")
                .type(boolean.class)
                .arity("0")
                .usageHelp(true)
                .description("describe the command")
                .build());
        spec.usageMessage().width(110);
        spec.parser().collectErrors(true);
        for (CommandLine sub : spec.subcommands().values()) {
            common(sub.getCommandSpec(), remote);
        }
    }

    private static String firstLine(ParameterException e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse("the command line is wrong");
    }

    /** A message may quote a name that a manifest or an agent gave; it may have several lines. */
    private static String visible(String message) {
        return String.join("\n", message.lines().map(Table::printable).toList());
    }
}
