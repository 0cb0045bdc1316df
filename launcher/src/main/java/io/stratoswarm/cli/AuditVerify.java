package io.stratoswarm.cli;

import io.stratoswarm.api.log.LogVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/** {@code audit verify}: what the independent verifier finds in a folder. */
final class AuditVerify {
    private AuditVerify() {}

    static ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        Path folder = Path.of(Common.parameter(parsed, 0, "")).toAbsolutePath();
        if (!Files.isDirectory(folder)) {
            throw new Failure(ExitCode.NOT_FOUND, "there is no folder " + folder);
        }
        long threads = Common.number(parsed, "--threads", Runtime.getRuntime().availableProcessors());
        if (threads < 1 || threads > 64) {
            throw new Failure(ExitCode.USAGE, "--threads must be 1 to 64, not " + threads);
        }
        LogVerifier.Report report = AuditLog.part(LogVerifier.class)
                .verify(new LogVerifier.Request(
                        folder,
                        Common.texts(parsed, "--key"),
                        Common.texts(parsed, "--known").stream().map(Path::of).toList(),
                        Common.texts(parsed, "--witness"),
                        (int) threads));
        if (context.json()) {
            json(report, context);
        } else {
            text(report, context);
        }
        return report.ok() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static void text(LogVerifier.Report report, Context context) throws IOException {
        report.notes().forEach(note -> context.out().println("note: " + Table.printable(note)));
        report.problems().forEach(problem -> context.out().println("problem: " + Table.printable(problem)));
        report.damaged().forEach(range -> context.out().println("damaged: " + words(range)));
        report.lost().forEach(range -> context.out().println("lost earlier: " + words(range)));
        context.out()
                .println((report.ok()
                                ? context.terminal().green("the log is good")
                                : context.terminal().red("the log is not good"))
                        + ": " + Table.printable(report.origin()) + ", " + report.size() + " entries, root "
                        + report.rootHash());
    }

    private static void json(LogVerifier.Report report, Context context) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ok", report.ok());
        json.put("origin", report.origin());
        json.put("size", report.size());
        json.put("rootHash", report.rootHash());
        json.put("notes", report.notes());
        json.put("problems", report.problems());
        json.put("damaged", ranges(report.damaged()));
        json.put("lost", ranges(report.lost()));
        context.out().println(JsonText.write(json));
    }

    private static List<Map<String, Long>> ranges(List<LogVerifier.Range> ranges) {
        return ranges.stream()
                .map(range -> Map.of("from", range.from(), "to", range.to()))
                .toList();
    }

    private static String words(LogVerifier.Range range) {
        return range.to() == range.from() + 1
                ? "entry " + range.from()
                : "entries " + range.from() + " to " + (range.to() - 1);
    }
}
