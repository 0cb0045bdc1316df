package io.stratoswarm.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads manifests from files or standard input. */
final class ManifestFiles {
    /** One byte more than the parser takes, so that its own message is seen. */
    private static final int MAX_BYTES = (4 << 20) + 1;

    private ManifestFiles() {}

    static String name(String file) {
        return file.equals("-") ? "(standard input)" : file;
    }

    static String read(String file, Context context) throws Failure, IOException {
        byte[] bytes;
        try {
            if (file.equals("-")) {
                bytes = context.in().readNBytes(MAX_BYTES);
            } else {
                Path path = Path.of(file);
                if (Files.isDirectory(path)) {
                    throw new Failure(ExitCode.INVALID, file + " is a folder; name a manifest in it");
                }
                try (var in = Files.newInputStream(path)) {
                    bytes = in.readNBytes(MAX_BYTES);
                }
            }
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new Failure(ExitCode.NOT_FOUND, "there is no file '" + file + "'", e);
        }
        if (bytes.length == MAX_BYTES) {
            throw new Failure(ExitCode.INVALID, name(file) + " is larger than 4 MiB; split it into several graphs");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Failure(ExitCode.INVALID, name(file) + " is not UTF-8 text", e);
        }
    }
}
