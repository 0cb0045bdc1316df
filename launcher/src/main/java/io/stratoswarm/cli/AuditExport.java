package io.stratoswarm.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.ParseResult;

/** {@code audit export}: lines of a format from the daemon, to standard output or a file. */
final class AuditExport {
    /** How the daemon tells of a failure once lines are on their way. */
    private static final String PROBLEM = "{\"problem\":";

    private AuditExport() {}

    static ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String format = Common.text(parsed, "--format", "");
        if (format.isEmpty()) {
            throw new Failure(ExitCode.USAGE, "'audit export' needs --format: cloudevents, ocsf, syslog or prov");
        }
        StringBuilder path = new StringBuilder("audit/export?format=").append(ApiClient.encode(format));
        for (String option : new String[] {"since", "until"}) {
            String text = Common.text(parsed, "--" + option, "");
            if (!text.isEmpty()) {
                add(path, option, Moments.parse(text, context));
            }
        }
        for (String option : new String[] {"subject", "type"}) {
            String text = Common.text(parsed, "--" + option, "");
            if (!text.isEmpty()) {
                add(path, option, text);
            }
        }
        if (Common.has(parsed, "--proofs")) {
            add(path, "proofs", "true");
        }
        String out = Common.text(parsed, "--out", "");
        if (out.isEmpty()) {
            lines(context, path.toString(), line -> context.out().println(line));
            context.out().flush();
        } else {
            file(context, path.toString(), Path.of(out).toAbsolutePath());
        }
        return ExitCode.OK;
    }

    private static void add(StringBuilder path, String name, String value) {
        path.append('&').append(name).append('=').append(ApiClient.encode(value));
    }

    private static long lines(Context context, String path, ApiClient.LineConsumer consumer) throws Failure {
        long[] count = new long[1];
        context.daemon().lines(path, line -> {
            if (line.startsWith(PROBLEM)) {
                throw new Failure(
                        ExitCode.FAILED,
                        "the export stopped after " + count[0] + " lines: "
                                + JsonText.text(JsonText.child(JsonText.object(line), "problem"), "detail"));
            }
            consumer.line(line);
            count[0]++;
        });
        return count[0];
    }

    private static void file(Context context, String path, Path file) throws Failure, IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        long count;
        try (BufferedWriter writer = Files.newBufferedWriter(aside, StandardCharsets.UTF_8)) {
            count = lines(context, path, line -> writer.append(line).append('\n'));
        } catch (Failure | IOException e) {
            Files.deleteIfExists(aside);
            throw e;
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        context.err().println(count + " lines");
    }
}
