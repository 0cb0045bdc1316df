package io.stratoswarm.cli;

import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.core.tool.JournalTools;
import io.stratoswarm.core.tool.JournalTools.SequenceRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import picocli.CommandLine.ParseResult;

/** The journal's commands on the files of the data folder. */
final class JournalFiles {
    private final Context context;
    private final Path data;

    JournalFiles(Context context) {
        this.context = context;
        this.data = context.data();
    }

    ExitCode verify() throws IOException {
        JournalTools.VerifyResult result = JournalTools.verify(data);
        if (context.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("ok", result.ok());
            json.put("journal", result.journal());
            json.put("first", result.first());
            json.put("size", result.size());
            json.put("rootHash", result.rootHash());
            json.put("problems", result.problems());
            json.put("damaged", ranges(result.damaged()));
            context.out().println(JsonText.write(json));
        } else {
            result.problems().forEach(problem -> context.out().println("problem: " + Table.printable(problem)));
            // A salvaged journal is whole again, and tells for good what the damage cost.
            String kind = result.ok() ? "lost earlier: " : "damaged: ";
            result.damaged().forEach(range -> context.out().println(kind + words(range)));
            context.out()
                    .println((result.ok()
                                    ? context.terminal().green("the journal is good")
                                    : context.terminal().red("the journal is damaged"))
                            + ": " + (result.size() - result.first()) + " events checked, root " + result.rootHash());
            if (result.first() > 0) {
                context.out()
                        .println("the events before " + result.first()
                                + " were pruned; their hashes were checked, and the states that were kept at the cut");
            }
            if (!result.ok()) {
                context.err().println("'stratoswarm journal salvage' rebuilds it from what can be read");
            }
        }
        return result.ok() ? ExitCode.OK : ExitCode.FAILED;
    }

    ExitCode verifyArchives(List<String> files) throws IOException {
        boolean ok = true;
        for (String file : files) {
            JournalTools.ArchiveResult result =
                    JournalTools.verifyArchive(data, Path.of(file).toAbsolutePath());
            ok &= result.ok();
            if (context.json()) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("file", file);
                json.put("ok", result.ok());
                json.put("journal", result.journal());
                json.put("from", result.first());
                json.put("to", result.end());
                json.put("rootHash", result.rootHash());
                json.put("ofThisJournal", result.known());
                json.put("problems", result.problems());
                context.out().println(JsonText.write(json));
                continue;
            }
            result.problems().forEach(problem -> context.out().println("problem: " + Table.printable(problem)));
            context.out()
                    .println(Table.printable(file) + ": "
                            + (result.ok()
                                    ? context.terminal().green("good")
                                    : context.terminal().red("damaged"))
                            + (result.journal().isEmpty() ? "" : contents(result)));
        }
        return ok ? ExitCode.OK : ExitCode.FAILED;
    }

    private static String contents(JournalTools.ArchiveResult result) {
        return ", events " + result.first() + " to " + (result.end() - 1) + " of journal " + result.journal()
                + ", root " + result.rootHash() + (result.ok() && result.known() ? ", as this journal has it" : "");
    }

    ExitCode checkpoint() throws IOException {
        Checkpoint checkpoint = JournalTools.checkpoint(data);
        if (context.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("journal", checkpoint.journal().toString());
            json.put("size", checkpoint.size());
            json.put("rootHash", checkpoint.rootHash());
            context.out().println(JsonText.write(json));
        } else {
            context.out().println("journal " + checkpoint.journal());
            context.out().println("size    " + checkpoint.size());
            context.out().println("root    " + checkpoint.rootHash());
        }
        return ExitCode.OK;
    }

    ExitCode proof(ParseResult parsed) throws Failure {
        String sequence = Common.parameter(parsed, 0, "");
        if (sequence.isEmpty() == !Common.has(parsed, "--from")) {
            throw new Failure(
                    ExitCode.USAGE,
                    "name either a sequence, for a proof of inclusion, or --from, for one of consistency");
        }
        if (sequence.isEmpty()) {
            context.out()
                    .println(JournalTools.toJson(JournalTools.proveConsistency(
                            data, Common.number(parsed, "--from", 0), size(parsed, "--to"))));
            return ExitCode.OK;
        }
        if (!sequence.matches("\\d{1,18}")) {
            throw new Failure(ExitCode.USAGE, "'" + sequence + "' is no sequence number");
        }
        context.out()
                .println(JournalTools.toJson(
                        JournalTools.proveInclusion(data, Long.parseLong(sequence), size(parsed, "--size"))));
        return ExitCode.OK;
    }

    private static OptionalLong size(ParseResult parsed, String option) {
        return Common.has(parsed, option) ? OptionalLong.of(Common.number(parsed, option, 0)) : OptionalLong.empty();
    }

    ExitCode export(ParseResult parsed) throws Failure {
        long from = Common.number(parsed, "--from", 0);
        if (from < 0) {
            throw new Failure(ExitCode.USAGE, "--from must not be negative");
        }
        EventQuery query = EventQuery.all().from(from).to(Common.number(parsed, "--to", Long.MAX_VALUE));
        String type = Common.text(parsed, "--type", "");
        String subject = Common.text(parsed, "--subject", "");
        query = type.isEmpty() ? query : query.type(type);
        query = subject.isEmpty() ? query : query.subject(subject);
        if (Common.has(parsed, "--from") && from < JournalTools.first(data)) {
            throw new Failure(
                    ExitCode.NOT_FOUND,
                    "the events before " + JournalTools.first(data) + " were pruned, so none can be exported from "
                            + from + " on; 'stratoswarm journal status' names archives where there are some");
        }
        long count = JournalTools.export(data, query, context.out().stream());
        context.out().flush();
        context.err().println(count + " events");
        long first = JournalTools.first(data);
        if (from < first) {
            context.err()
                    .println("the events before " + first + " were pruned, all but single ones that are kept for good");
        }
        return ExitCode.OK;
    }

    ExitCode salvage() throws IOException {
        JournalTools.SalvageResult result = JournalTools.salvage(data);
        if (context.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("journal", result.journal());
            json.put("sameJournal", result.sameJournal());
            json.put("recovered", result.recovered());
            json.put("lost", ranges(result.lost()));
            json.put("kept", result.kept().toString());
            context.out().println(JsonText.write(json));
        } else {
            context.out().println("recovered " + result.recovered() + " events");
            result.lost().forEach(range -> context.out().println("lost      " + words(range)));
            context.out()
                    .println(
                            result.sameJournal()
                                    ? "the journal is the same, id " + result.journal()
                                    : "a new journal was begun, id " + result.journal()
                                            + "; its first event names the old one");
            context.out().println("the damaged files are kept in " + result.kept());
        }
        return ExitCode.OK;
    }

    ExitCode backup(String target) throws IOException {
        JournalTools.BackupResult result =
                JournalTools.backup(data, Path.of(target).toAbsolutePath());
        if (context.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("journal", result.journal());
            json.put("size", result.size());
            json.put("rootHash", result.rootHash());
            json.put("target", result.target().toString());
            context.out().println(JsonText.write(json));
        } else {
            context.out()
                    .println("backed up " + result.size() + " events into " + result.target() + ", root "
                            + result.rootHash());
        }
        return ExitCode.OK;
    }

    ExitCode restore(String backup, boolean stopped) throws IOException {
        JournalTools.RestoreResult result = JournalTools.restore(Path.of(backup).toAbsolutePath(), data, stopped);
        if (context.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("journal", result.journal());
            json.put("oldJournal", result.oldJournal());
            json.put("oldSize", result.oldSize());
            json.put("oldRootHash", result.oldRootHash());
            context.out().println(JsonText.write(json));
        } else {
            context.out()
                    .println("restored " + result.oldSize() + " events of journal " + result.oldJournal() + " into "
                            + data);
            context.out().println("the new journal has the id " + result.journal());
        }
        return ExitCode.OK;
    }

    private static List<Map<String, Long>> ranges(List<SequenceRange> ranges) {
        return ranges.stream()
                .map(range -> Map.of("from", range.from(), "to", range.to()))
                .toList();
    }

    private static String words(SequenceRange range) {
        return range.to() == range.from() + 1
                ? "event " + range.from()
                : "events " + range.from() + " to " + (range.to() - 1);
    }
}
