package io.stratoswarm.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ParseResult;

/** What the API takes for each kind of transform, made of the command line. What makes no sense is told by the name of its option. */
final class TransformArguments {
    private static final String OTHERWISE = "otherwise";

    private final String kind;
    private final ParseResult parsed;
    private final Map<String, Object> arguments = new LinkedHashMap<>();

    private TransformArguments(String kind, ParseResult parsed) {
        this.kind = kind;
        this.parsed = parsed;
    }

    static Map<String, Object> of(String kind, ParseResult parsed) throws Failure {
        TransformArguments all = new TransformArguments(kind, parsed);
        switch (kind) {
            case "split" -> all.split();
            case "merge" -> all.merge();
            case "parallelize" -> {
                all.put("path", names("the path", Common.parameter(parsed, 1, "")));
                all.put("lanes", all.count("--lanes", 1));
                all.put("key", all.need("--key"));
            }
            case "insert" -> {
                all.put("flow", Common.parameter(parsed, 1, ""));
                all.need("--file");
            }
            case "remove" -> all.put("node", Common.parameter(parsed, 1, ""));
            case "reroute" -> all.reroute();
            case "replace" -> all.replace();
            case "move" ->
                all.pairs("the moves", "AGENT=PLACE", Common.parameters(parsed, 1))
                        .forEach((agent, place) -> all.put("to." + agent, place));
            default -> {
                // The file says all.
            }
        }
        return all.arguments;
    }

    /** The graph that goes along; the whole manifest of {@code apply}. */
    static Optional<GraphFiles.Loaded> fragment(String kind, ParseResult parsed, Context context)
            throws Failure, IOException {
        boolean apply = kind.equals("apply");
        Map<String, String> parameters =
                parsed.commandSpec().optionsMap().containsKey("--param") ? GraphFiles.parameters(parsed) : Map.of();
        String file = apply ? Common.parameter(parsed, 0, "") : Common.text(parsed, "--file", "");
        if (file.isEmpty()) {
            if (!parameters.isEmpty()) {
                throw new Failure(ExitCode.USAGE, "--param is for the file of --file, and there is none");
            }
            return Optional.empty();
        }
        GraphFiles.Loaded loaded = new GraphFiles(context).load(file, parameters);
        if (loaded.syntax().isEmpty() && !parameters.isEmpty()) {
            throw new Failure(ExitCode.USAGE, "--param is for .graph files; the JSON form has no parameters");
        }
        // The daemon opens no files, so what cannot be read here cannot be sent; and the name of a graph is in its
        // manifest.
        if (apply || loaded.syntax().isPresent()) {
            loaded.good(context);
        }
        return Optional.of(loaded);
    }

    private void split() throws Failure {
        put("node", Common.parameter(parsed, 1, ""));
        List<String> ways = given("--into", "--case", "--by");
        List<String> routes = given("--key", "--least-loaded", "--round-robin");
        if (ways.size() != 1) {
            throw usage("needs one of --into, --case and --by" + (ways.isEmpty() ? "" : ", not " + and(ways)));
        }
        only(ways.contains("--into"), "--into", routes);
        only(ways.contains("--by"), "--by", given("--values"));
        switch (ways.getFirst()) {
            case "--into" -> {
                put("into", count("--into", 2));
                if (routes.size() > 1) {
                    throw usage("takes one of --key, --least-loaded and --round-robin, not " + and(routes));
                }
                if (!routes.isEmpty()) {
                    String route = routes.getFirst();
                    put("route", route.equals("--key") ? "key:" + need("--key") : route.substring(2));
                }
            }
            case "--case" -> put("cases", cases(Common.texts(parsed, "--case")));
            default -> {
                put("by", need("--by"));
                String values = need("--values");
                pairs("--values", "VALUE=NEW", Arrays.asList(values.split(",", -1)));
                put("values", values);
            }
        }
    }

    /** In the words of the graph language. */
    private static String cases(List<String> given) throws Failure {
        List<String> cases = new ArrayList<>();
        for (Map.Entry<String, String> each :
                pairs("--case", "NEW=CONDITION", given).entrySet()) {
            String condition = each.getValue();
            if (!each.getKey().matches("[a-z0-9-]+")) {
                throw new Failure(
                        ExitCode.USAGE,
                        "--case takes NEW=CONDITION with the name of a new node, not '" + each.getKey() + "="
                                + condition + "'; for example --case 'errors=level >= 4' --case rest=" + OTHERWISE);
            }
            if (condition.contains(";")) {
                throw new Failure(ExitCode.USAGE, "a condition of --case has no ';', as '" + condition + "' has");
            }
            cases.add(each.getKey() + ": " + condition);
        }
        return String.join("; ", cases);
    }

    private void merge() throws Failure {
        put("nodes", names("the nodes", String.join(",", Common.parameters(parsed, 1))));
        if (Common.has(parsed, "--into")) {
            put("into", need("--into"));
        }
        if (Common.has(parsed, "--replicas")) {
            put("replicas", count("--replicas", 1));
        }
    }

    private void reroute() throws Failure {
        put("flow", Common.parameter(parsed, 1, ""));
        List<String> ways = given("--via", "--direct");
        if (ways.size() != 1) {
            throw usage("needs --via or --direct" + (ways.isEmpty() ? "" : ", not both"));
        }
        boolean direct = ways.contains("--direct");
        only(!direct, "--via", given("--file"));
        put("via", direct ? "" : names("--via", need("--via")));
        if (!direct) {
            need("--file");
        }
    }

    private void replace() throws Failure {
        put("node", Common.parameter(parsed, 1, ""));
        if (given("--file", "--env", "--renew").isEmpty()) {
            throw usage("needs --file with the node as it shall be, --env with what of it changes, or --renew");
        }
        if (Common.has(parsed, "--renew")) {
            put("renew", "true");
        }
        for (Map.Entry<String, String> each :
                pairs("--env", "KEY=VALUE", Common.texts(parsed, "--env")).entrySet()) {
            put("env." + each.getKey(), each.getValue());
        }
    }

    private void put(String name, String value) {
        arguments.put(name, value);
    }

    private List<String> given(String... options) {
        return Arrays.stream(options)
                .filter(option -> Common.has(parsed, option))
                .toList();
    }

    private void only(boolean there, String with, List<String> options) throws Failure {
        if (!there && !options.isEmpty()) {
            throw usage("takes " + and(options) + " only with " + with);
        }
    }

    private String need(String option) throws Failure {
        String text = Common.text(parsed, option, "");
        if (text.isBlank()) {
            throw usage("needs " + option
                    + (option.equals("--file")
                            ? " with a graph that declares what is new"
                            : " with something behind it"));
        }
        return text;
    }

    private String count(String option, long least) throws Failure {
        if (!Common.has(parsed, option)) {
            throw usage("needs " + option);
        }
        long count = Common.number(parsed, option, 0);
        if (count < least || count > 1_000) {
            throw new Failure(ExitCode.USAGE, option + " must be " + least + " to 1000, not " + count);
        }
        return Long.toString(count);
    }

    private Failure usage(String problem) {
        return new Failure(
                ExitCode.USAGE,
                "'transform " + kind + "' " + problem + "; see 'stratoswarm transform " + kind + " --help'");
    }

    private static String and(List<String> options) {
        return String.join(" and ", options);
    }

    /** A comma-separated list, each of which must be there, once. */
    private static String names(String what, String list) throws Failure {
        List<String> names =
                Arrays.stream(list.split(",", -1)).map(String::strip).toList();
        for (String name : names) {
            if (name.isEmpty() || names.indexOf(name) != names.lastIndexOf(name)) {
                throw new Failure(ExitCode.USAGE, what + " must be names, each once, not '" + list + "'");
            }
        }
        return String.join(",", names);
    }

    /** Each with a first and a second part, no first part twice. */
    private static Map<String, String> pairs(String option, String form, List<String> given) throws Failure {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : given) {
            int sign = pair.indexOf('=');
            String first = sign < 0 ? "" : pair.substring(0, sign).strip();
            String second = pair.substring(sign + 1).strip();
            // A variable may well be empty.
            if (first.isEmpty() || second.isEmpty() && !option.equals("--env")) {
                throw new Failure(ExitCode.USAGE, option + " takes " + form + ", not '" + pair + "'");
            }
            if (pairs.put(first, option.equals("--env") ? pair.substring(sign + 1) : second) != null) {
                throw new Failure(ExitCode.USAGE, option + " has '" + first + "' twice");
            }
        }
        return pairs;
    }
}
