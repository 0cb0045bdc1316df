package io.stratoswarm.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code audit ...}: the options of its commands; {@link AuditLog} does the work. */
final class AuditCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Common.spec(
                "Publishes the journal as a log that outsiders can verify, verifies what is published, exports events, and erases"
                        + " what is kept of persons.",
                "stratoswarm audit log",
                "stratoswarm audit publish /srv/www/log",
                "stratoswarm audit verify /srv/www/log --key \"$KEY\"");
        spec.addSubcommand(
                "log",
                Common.spec("Tells the name of the log, its keys, and how far it is signed.", "stratoswarm audit log"));
        spec.addSubcommand(
                "publish",
                Common.spec(
                                "Writes the log into a folder, from the daemon, or from a journal that no daemon has open, as it was last"
                                        + " signed. What is there already is kept; the checkpoint is written last.",
                                "stratoswarm audit publish /srv/www/log")
                        .addPositional(Common.parameter(0, "1", "DIR", "the folder; made where it is missing")));
        spec.addSubcommand("key", key());
        spec.addSubcommand(
                "cosign",
                Common.spec(
                                "Hands cosignatures of witnesses to the daemon: a checkpoint of this log with its signature and theirs."
                                        + " A checkpoint that the journal does not extend tells it that it was rolled back.",
                                "stratoswarm audit cosign checkpoint.cosigned")
                        .addPositional(Common.parameter(0, "1", "FILE", "the checkpoint; - for standard input")));
        spec.addSubcommand("verify", verify());
        AuditQuery.add(spec);
        AuditApprovals.add(spec);
        AuditHolds.add(spec);
        spec.addSubcommand("export", export());
        spec.addSubcommand(
                "erase",
                Common.spec(
                                "Destroys the key of a person, so that what the journal keeps of them is unreadable for good. No hash"
                                        + " changes, and every proof still holds. There is no way back.",
                                "stratoswarm audit erase ann@example.com")
                        .addPositional(Common.parameter(0, "1", "PERSON", "the person, as events name them")));
        return spec;
    }

    private static CommandSpec key() {
        CommandSpec key = Common.spec(
                "Prints the key by which checkpoints are verified.",
                "stratoswarm audit key",
                "stratoswarm audit key rotate");
        key.addSubcommand(
                "rotate",
                Common.spec(
                                "Begins to sign with a new key. The old one vouches for it in the journal and signs beside it for a"
                                        + " while.",
                                "stratoswarm audit key rotate")
                        .addOption(Common.flag("the old key is gone; nothing vouches for the new one", "--lost")));
        return key;
    }

    private static CommandSpec export() {
        return Common.spec(
                        "Prints events in the format of other tools; that they were read is recorded.",
                        "stratoswarm audit export --format ocsf --since 2026-01-31T00:00:00Z >events.jsonl",
                        "stratoswarm audit export --format cloudevents --proofs --out events.jsonl")
                .addOption(Common.option("FORMAT", "cloudevents, ocsf, syslog or prov", "--format"))
                .addOption(Common.option("TIME", "not before: 2h, or 2026-01-31T12:00:00Z", "--since"))
                .addOption(Common.option("TIME", "before this time", "--until"))
                .addOption(
                        Common.option("SUBJECT", "only this subject; a * at the end stands for anything", "--subject"))
                .addOption(Common.option("TYPE", "only this type; a * at the end stands for anything", "--type"))
                .addOption(Common.flag(
                        "each event with the proof that it is in the tree that was signed last", "--proofs"))
                .addOption(Common.option("FILE", "into this file, which is there only once it is whole", "--out"));
    }

    private static CommandSpec verify() {
        return Common.spec(
                        "Checks a published folder, alone and without a daemon, by code independent of the one that wrote it: every"
                                + " entry, every tile, the root, and the signatures.",
                        "stratoswarm audit verify /srv/www/log --key \"$KEY\"",
                        "stratoswarm audit verify /srv/www/log --key \"$KEY\" --known last-year.checkpoint")
                .addOption(Common.several("KEY", "verifier key of the log that you trust", "--key"))
                .addOption(Common.several("FILE", "an earlier checkpoint that the log must extend", "--known"))
                .addOption(Common.several("KEY", "verifier key of a witness that must have cosigned", "--witness"))
                .addOption(Common.number("N", "how many threads may work; one for each processor", "--threads"))
                .addPositional(Common.parameter(0, "1", "DIR", "the folder"));
    }

    @Override
    public ExitCode run(ParseResult parsed, Context context) throws Exception {
        ParseResult sub = parsed.subcommand();
        if (sub == null) {
            throw new Failure(
                    ExitCode.USAGE,
                    "'audit' needs one of query, approvals, approve, reject, log, publish, key, cosign, verify, export, erase, hold, holds, release; see"
                            + " 'stratoswarm audit --help'");
        }
        AuditLog log = new AuditLog(context);
        return switch (sub.commandSpec().name()) {
            case "log" -> log.status();
            case "publish" -> log.publish(Common.parameter(sub, 0, ""));
            case "key" -> sub.subcommand() == null ? log.key() : log.rotate(Common.has(sub.subcommand(), "--lost"));
            case "query" -> AuditQuery.run(sub, context);
            case "approvals", "approve", "reject" -> AuditApprovals.run(sub, context);
            case "hold", "holds", "release" -> AuditHolds.run(sub, context);
            case "cosign" -> log.cosign(Common.parameter(sub, 0, ""));
            case "export" -> AuditExport.run(sub, context);
            case "erase" -> log.erase(Common.parameter(sub, 0, ""));
            default -> AuditVerify.run(sub, context);
        };
    }
}
