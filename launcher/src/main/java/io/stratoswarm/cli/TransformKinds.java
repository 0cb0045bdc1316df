package io.stratoswarm.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The kinds of transforms with their own options; {@link TransformArguments} makes of them what the API takes. */
final class TransformKinds {
    static final List<String> NAMES =
            List.of("split", "merge", "parallelize", "insert", "remove", "reroute", "replace", "move", "apply");

    private TransformKinds() {}

    static void add(CommandSpec spec) {
        add(spec, "split", split());
        add(spec, "merge", merge());
        add(
                spec,
                "parallelize",
                of(
                                Common.spec(
                                        "Makes lanes of a path, each with all of its nodes; records of one key stay in order.",
                                        "stratoswarm transform parallelize shop parse,enrich --lanes 4 --key user"),
                                "1",
                                "NODE,...",
                                "the nodes of the path, in order")
                        .addOption(Common.number("N", "how many lanes", "--lanes"))
                        .addOption(Common.option("FIELD", "records alike in it go into the same lane", "--key")));
        add(
                spec,
                "insert",
                of(
                                Common.spec(
                                        "Puts a new node into a flow.",
                                        "stratoswarm transform insert shop ingest-parse --file sampler.graph"),
                                "1",
                                "FLOW",
                                "the flow")
                        .addOption(file("the new node, as the only one of a graph")));
        add(
                spec,
                "remove",
                of(
                        Common.spec(
                                "Takes a node out; what came to it goes on where that sent it.",
                                "stratoswarm transform remove shop sampler"),
                        "1",
                        "NODE",
                        "the node"));
        add(spec, "reroute", reroute());
        add(spec, "replace", replace());
        add(
                spec,
                "move",
                of(
                        Common.spec(
                                "Moves agents to other places of the host: each is followed by one there, which is ready before it takes"
                                        + " over. 'stratoswarm graph explain' names the places.",
                                "stratoswarm transform move shop parse=cpu1 store.2=cpu3"),
                        "1..*",
                        "AGENT=PLACE",
                        "an agent, without the name of the graph, and the place where it is to be"));
        add(
                spec,
                "apply",
                Common.spec(
                                "Makes a running graph as a manifest declares it, while its records flow.",
                                "stratoswarm transform apply shop.graph --plan")
                        .addOption(GraphFiles.parameterOption())
                        .addPositional(Common.parameter(
                                0, "1", "FILE", "the manifest, JSON or .graph; - for standard input")));
    }

    private static CommandSpec split() {
        return of(
                        Common.spec(
                                "Gives the load of a node to more replicas, or its records to several nodes by what they say.",
                                "stratoswarm transform split shop parse --into 3 --key user",
                                "stratoswarm transform split shop parse --case 'errors=level >= 4' --case rest=otherwise",
                                "stratoswarm transform split shop store --by region --values eu=store-eu,otherwise=store-us"),
                        "1",
                        "NODE",
                        "the node")
                .addOption(Common.number("N", "by load: how many replicas it then has", "--into"))
                .addOption(Common.option("FIELD", "with --into: records alike in it go to the same one", "--key"))
                .addOption(Common.flag("with --into: to the one that has least to do, as is usual", "--least-loaded"))
                .addOption(Common.flag("with --into: to one after the other", "--round-robin"))
                .addOption(Common.several(
                        "NEW=CONDITION",
                        "by type: records for which FIELD OP VALUE holds go to the new node NEW, with 'otherwise' all others",
                        "--case"))
                .addOption(Common.option("FIELD", "by place: the field that says where a record belongs", "--by"))
                .addOption(Common.option(
                        "VALUE=NEW,...", "with --by: the new node for each value, and for 'otherwise'", "--values"));
    }

    private static CommandSpec merge() {
        return of(
                        Common.spec(
                                "Makes one node of several that are alike or follow one another, or fewer replicas of one.",
                                "stratoswarm transform merge shop parse-eu parse-us --into parse-eu",
                                "stratoswarm transform merge shop parse enrich --file parse-enrich.graph",
                                "stratoswarm transform merge shop parse --replicas 1"),
                        "1..*",
                        "NODE",
                        "the nodes")
                .addOption(Common.option("ID", "the node that they become, the first of them if not given", "--into"))
                .addOption(Common.number("N", "how many replicas the node then has", "--replicas"))
                .addOption(file("the node that they become, as the only one of a graph"));
    }

    private static CommandSpec reroute() {
        return of(
                        Common.spec(
                                "Leads a flow another way between the same ends.",
                                "stratoswarm transform reroute shop ingest-parse --via check,clean --file path.graph",
                                "stratoswarm transform reroute shop ingest-parse --direct"),
                        "1",
                        "FLOW",
                        "the flow")
                .addOption(Common.option("NODE,...", "new nodes that it leads through, in order", "--via"))
                .addOption(Common.flag("past the nodes that only pass on what it brings", "--direct"))
                .addOption(file("the new nodes, as those of a graph"));
    }

    private static CommandSpec replace() {
        return of(
                        Common.spec(
                                "Replaces a node by another form of it, or by fresh agents, which are ready before the old ones are drained.",
                                "stratoswarm transform replace shop parse --file parse.graph --steps 10,50",
                                "stratoswarm transform replace shop parse --env LEVEL=debug",
                                "stratoswarm transform replace shop parse --renew"),
                        "1",
                        "NODE",
                        "the node")
                .addOption(file("the node as it shall be, as the only one of a graph"))
                .addOption(Common.several("KEY=VALUE", "a variable of its environment", "--env"))
                .addOption(Common.flag("as it is declared now, with fresh agents", "--renew"));
    }

    private static OptionSpec file(String description) {
        return Common.option("FILE", description + "; - for standard input", "--file");
    }

    /** Of a graph, and something of it. */
    private static CommandSpec of(CommandSpec spec, String arity, String label, String description) {
        return spec.addPositional(Common.parameter(0, "1", "GRAPH", "the graph"))
                .addPositional(Common.parameter(1, arity, label, description));
    }

    private static void add(CommandSpec spec, String name, CommandSpec kind) {
        if (kind.optionsMap().containsKey("--file")) {
            kind.addOption(GraphFiles.parameterOption());
        }
        spec.addSubcommand(name, TransformOptions.add(kind));
    }
}
