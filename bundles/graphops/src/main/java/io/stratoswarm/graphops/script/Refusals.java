package io.stratoswarm.graphops.script;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;

/**
 * The records that a node refused, a JSON object in a line: {@code time}, {@code reason}, {@code bytes}, and {@code record}, or
 * {@code record64} where it is no text. When the file is full it becomes {@code .1}, and what was {@code .1} is gone.
 */
final class Refusals {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final long FULL = 16 << 20;
    private static final int MOST_OF_RECORD = 16 << 10;

    private final Path file;
    private final InstantSource clock;

    Refusals(Path file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    void add(String reason, byte[] record) throws IOException {
        ObjectNode line = MAPPER.createObjectNode()
                .put("time", clock.instant().toString())
                .put("reason", reason)
                .put("bytes", record.length);
        byte[] kept = Arrays.copyOf(record, Math.min(record.length, MOST_OF_RECORD));
        try {
            line.put("record", text(kept));
        } catch (CharacterCodingException e) {
            line.put("record64", Base64.getEncoder().encodeToString(kept));
        }
        if (Files.exists(file) && Files.size(file) > FULL) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.write(
                file,
                (line + "\n").getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static String text(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }
}
