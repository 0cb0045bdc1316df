package io.stratoswarm.audit.capture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.audit.capture.store.CaptureWriter;
import io.stratoswarm.audit.capture.store.Manifest;
import io.stratoswarm.audit.capture.store.Objects;
import io.stratoswarm.audit.capture.store.Part;
import io.stratoswarm.audit.capture.store.Range;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The images that CRIU made of an agent, as parts of a capture: {@code agent/AGENT/criu/files} with the length of each file, and
 * {@code agent/AGENT/criu/FILE/OFFSET} with 64 KiB of it, as parts of memory are, so that pages that are stored already cost nothing.
 */
final class ProcessImageParts {
    private ProcessImageParts() {}

    private static String prefix(String agent) {
        return "agent/" + agent + "/criu/";
    }

    static void add(String agent, Path images, CaptureWriter writer) throws IOException {
        ObjectNode lengths = Json.object();
        for (Path file : Criu.files(images)) {
            String name = file.getFileName().toString();
            lengths.put(name, Files.size(file));
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(Range.BYTES);
                for (long offset = 0; bytes.length > 0; offset += Range.BYTES) {
                    String part = prefix(agent) + name + "/" + HexFormat.of().toHexDigits(offset);
                    writer.part(new Part(part, Part.MEMORY, range(bytes, writer).content()));
                    bytes = in.readNBytes(Range.BYTES);
                }
            }
        }
        writer.part(Part.json(prefix(agent) + "files", Json.text(lengths)));
    }

    private static Range range(byte[] bytes, CaptureWriter writer) {
        Range range = Range.empty();
        for (int slot = 0; slot * Range.PAGE < bytes.length; slot++) {
            byte[] page = Arrays.copyOfRange(bytes, slot * Range.PAGE, (slot + 1) * Range.PAGE);
            boolean zero = Arrays.equals(page, new byte[Range.PAGE]);
            range.kinds()[slot] = zero ? Range.ZERO : Range.STORED;
            if (!zero) {
                range.pages()[slot] = writer.page(page);
            }
        }
        return range;
    }

    /** Numbers of the processes and threads that there are images of: one file of registers each. */
    static List<Integer> numbers(String agent, Manifest manifest) {
        Pattern registers = Pattern.compile(Pattern.quote(prefix(agent)) + "core-([1-9][0-9]{0,8})\\.img/0+");
        return manifest.leaves().stream()
                .map(leaf -> registers.matcher(leaf.name()))
                .filter(Matcher::matches)
                .map(found -> Integer.parseInt(found.group(1)))
                .toList();
    }

    /** Writes the files again; false where the capture holds none of this agent. */
    static boolean write(String agent, Manifest manifest, Objects objects, Path images) throws IOException {
        OptionalInt index = manifest.find(prefix(agent) + "files");
        if (index.isEmpty()) {
            return false;
        }
        JsonNode lengths = Json.parse(
                new String(objects.part(manifest.leaves().get(index.getAsInt())).content(), StandardCharsets.UTF_8));
        for (var length : lengths.properties()) {
            String name = length.getKey();
            if (name.contains("/") || name.startsWith(".")) {
                throw new StratoswarmException(
                        Kind.DAMAGED, "the capture " + manifest.number() + " names a file '" + name + "'");
            }
            try (OutputStream out = Files.newOutputStream(images.resolve(name), StandardOpenOption.CREATE_NEW)) {
                long left = length.getValue().asLong();
                for (long offset = 0; left > 0; offset += Range.BYTES) {
                    String part = prefix(agent) + name + "/" + HexFormat.of().toHexDigits(offset);
                    Manifest.Leaf leaf = manifest.leaves().get(CaptureReader.index(manifest, part));
                    byte[] bytes = CaptureReader.bytes(
                            objects, Range.parse(objects.part(leaf).content()));
                    out.write(bytes, 0, (int) Math.min(left, bytes.length));
                    left -= bytes.length;
                }
            }
        }
        return true;
    }
}
