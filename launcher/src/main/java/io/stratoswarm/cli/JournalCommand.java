package io.stratoswarm.cli;

import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code journal ...}: the options of its commands; {@link JournalFiles} does the work, on files, with or without a daemon. */
final class JournalCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Verifies, proves, exports, backs up, repairs and prunes the journal. Works on the files of the data folder; all but"
                        + " salvage and restore may be used while the daemon runs. status and prune ask the daemon.",
                "stratoswarm journal verify",
                "stratoswarm journal backup /backup/2026-01-31");
        sub(
                spec,
                "verify",
                Common.spec(
                                "Checks every event, every hash and the tree, by code independent of the writer; or files of events that were"
                                        + " archived when they were pruned.",
                                "stratoswarm journal verify",
                                "stratoswarm journal verify /archive/journal-*.swa.gz")
                        .addPositional(Common.parameter(0, "0..*", "ARCHIVE", "files of archived events")));
        sub(spec, "checkpoint", Common.spec("Prints size and root hash.", "stratoswarm journal checkpoint"));
        sub(
                spec,
                "proof",
                Common.spec(
                                "Prints a proof (RFC 6962) as JSON: that an event is in the journal, or that a later state extends"
                                        + " an earlier one.",
                                "stratoswarm journal proof 1234",
                                "stratoswarm journal proof --from 1000 --to 2000")
                        .addOption(Common.number(
                                "SIZE", "size of the tree for a proof of inclusion; all if not given", "--size"))
                        .addOption(Common.number("SIZE", "earlier size, for a proof of consistency", "--from"))
                        .addOption(Common.number("SIZE", "later size; all if not given", "--to"))
                        .addPositional(Common.parameter(0, "0..1", "SEQUENCE", "the event")));
        sub(
                spec,
                "export",
                Common.spec(
                                "Prints events as JSON lines, each a CloudEvent.",
                                "stratoswarm journal export --type 'Agent*' >events.jsonl")
                        .addOption(
                                Common.option("TYPE", "only this type; a * at the end stands for anything", "--type"))
                        .addOption(Common.option(
                                "SUBJECT", "only this subject; a * at the end stands for anything", "--subject"))
                        .addOption(Common.number("SEQUENCE", "from this sequence on", "--from"))
                        .addOption(Common.number("SEQUENCE", "before this sequence", "--to")));
        sub(
                spec,
                "salvage",
                Common.spec(
                        "Rebuilds a damaged journal from what can be read and names what is lost. The daemon must not run; the damaged"
                                + " files are kept aside.",
                        "stratoswarm journal salvage"));
        sub(
                spec,
                "backup",
                Common.spec(
                                "Copies journal and blobs into a new folder, consistently, also while the daemon runs. Keys are left out.",
                                "stratoswarm journal backup /backup/2026-01-31")
                        .addPositional(Common.parameter(0, "1", "TARGET", "folder to make")));
        sub(
                spec,
                "restore",
                Common.spec(
                                "Makes the data folder from a backup. The new journal has a new id, and its first event names the old one.",
                                "stratoswarm journal restore /backup/2026-01-31 --data /srv/new",
                                "stratoswarm journal restore /backup/2026-01-31 --data /srv/new --stopped")
                        .addOption(Common.flag(
                                "no agent starts until you start it: for a copy beside a daemon that still runs them",
                                "--stopped"))
                        .addPositional(Common.parameter(0, "1", "BACKUP", "folder that 'backup' made")));
        JournalRetentionCommands.add(spec);
        return spec;
    }

    private static void sub(CommandSpec spec, String name, CommandSpec child) {
        spec.addSubcommand(name, child);
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        ParseResult sub = parsed.subcommand();
        if (sub == null) {
            throw new Failure(
                    ExitCode.USAGE,
                    "'journal' needs one of verify, checkpoint, proof, export, salvage, backup, restore, status, prune; see"
                            + " 'stratoswarm journal --help'");
        }
        JournalFiles files = new JournalFiles(context);
        return switch (sub.commandSpec().name()) {
            case "verify" ->
                Common.parameters(sub, 0).isEmpty() ? files.verify() : files.verifyArchives(Common.parameters(sub, 0));
            case "checkpoint" -> files.checkpoint();
            case "proof" -> files.proof(sub);
            case "export" -> files.export(sub);
            case "salvage" -> files.salvage();
            case "status" -> JournalRetentionCommands.status(context);
            case "prune" -> JournalRetentionCommands.prune(sub, context);
            case "backup" -> files.backup(Common.parameter(sub, 0, ""));
            default -> files.restore(Common.parameter(sub, 0, ""), Common.has(sub, "--stopped"));
        };
    }
}
