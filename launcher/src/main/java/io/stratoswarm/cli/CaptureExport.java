package io.stratoswarm.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code capture export}: a core file, which holds secrets and so is for its owner alone; holes in it take no space. */
final class CaptureExport {
    private CaptureExport() {}

    static CommandSpec spec() {
        return Common.spec(
                        "Writes a captured process as an ELF core file that gdb opens: threads, registers, memory. Recorded.",
                        "stratoswarm capture export 3 shop/api api.core && gdb /usr/bin/python3 api.core")
                .addOption(Common.number("PID", "one of the agent's processes; the main one if not given", "--pid"))
                .addOption(Common.flag("write over a file that is there", "--force"))
                .addPositional(CaptureCommand.number(0, "the capture"))
                .addPositional(Common.parameter(1, "1", "AGENT", "the agent"))
                .addPositional(Common.parameter(2, "1", "FILE", "the file to write"));
    }

    static ExitCode run(ParseResult parsed, Context context) throws Failure, IOException {
        String number = CaptureCommand.number(Common.parameter(parsed, 0, ""));
        String agent = Common.parameter(parsed, 1, "");
        long pid = Common.number(parsed, "--pid", 0);
        Path file = path(Common.parameter(parsed, 2, ""));
        if (Files.exists(file) && !Common.has(parsed, "--force")) {
            throw new Failure(ExitCode.CONFLICT, "'" + file + "' is there already; --force writes over it");
        }
        Path aside = file.resolveSibling(file.getFileName() + ".part");
        boolean[] whole = {false};
        try {
            Files.deleteIfExists(aside);
            try (FileChannel out = FileChannel.open(
                    aside,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                context.daemon()
                        .lines(
                                "capture-core?number=" + number + "&agent=" + ApiClient.encode(agent)
                                        + (pid == 0 ? "" : "&pid=" + pid),
                                line -> whole[0] |= piece(out, JsonText.object(line)));
            }
            if (!whole[0]) {
                throw new Failure(ExitCode.FAILED, "the daemon stopped before the file was whole; nothing was written");
            }
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(aside);
        }
        if (context.json()) {
            context.out().println(JsonText.write(Map.of("file", file.toString(), "bytes", Files.size(file))));
        } else {
            CaptureText.line(context, "wrote " + file + " (" + CaptureText.bytes(Files.size(file)) + ", with holes)");
        }
        return ExitCode.OK;
    }

    private static Path path(String given) throws Failure {
        try {
            return Path.of(given).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new Failure(ExitCode.USAGE, "'" + given + "' names no file: " + e.getMessage(), e);
        }
    }

    /** True for the line that says that nothing is missing. */
    private static boolean piece(FileChannel out, Map<String, Object> line) throws IOException, Failure {
        if (line.containsKey("length")) {
            // The last byte gives the file its length; what is not written stays a hole.
            out.write(ByteBuffer.allocate(1), Math.max(0, JsonText.number(line, "length") - 1));
        } else if (line.containsKey("bytes")) {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(JsonText.text(line, "bytes")));
            long at = JsonText.number(line, "offset");
            while (bytes.hasRemaining()) {
                at += out.write(bytes, at);
            }
        } else if (line.containsKey("problem")) {
            Map<String, Object> problem = JsonText.child(line, "problem");
            throw new Failure(
                    ExitCode.ofKind(JsonText.text(problem, "kind")), JsonText.text(problem, "detail"), problem);
        }
        return JsonText.flag(line, "done");
    }
}
