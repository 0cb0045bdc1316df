package io.stratoswarm.audit.capture;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.audit.capture.linux.Ptrace;
import io.stratoswarm.audit.capture.store.CaptureWriter;
import io.stratoswarm.audit.capture.store.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Parts of a process but for its memory. */
final class ProcessParts {
    static final String OCTETS = "application/octet-stream";
    private static final List<String> TEXTS = List.of("maps", "status", "stat", "limits");
    private static final List<String> NAMESPACES = List.of("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts");
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final Proc proc;
    private final CaptureWriter writer;

    ProcessParts(Proc proc, CaptureWriter writer) {
        this.proc = proc;
        this.writer = writer;
    }

    /** {@code agent/shop/api.0/1234/}. */
    static String prefix(String agent, int pid) {
        return "agent/" + agent + "/" + pid + "/";
    }

    void add(Image image) {
        String prefix = prefix(image.agent, image.pid);
        writer.part(Part.json(prefix + "process", Json.text(process(image))));
        writer.part(Part.json(
                prefix + "environment",
                Json.text(Json.texts(words(image.files.getOrDefault("environ", new byte[0]))))));
        for (String name : TEXTS) {
            writer.part(new Part(prefix + name, Part.TEXT, image.files.getOrDefault(name, new byte[0])));
        }
        writer.part(new Part(prefix + "auxv", OCTETS, image.files.getOrDefault("auxv", new byte[0])));
        for (Image.ThreadState thread : image.threads) {
            writer.part(Part.json(prefix + "registers/" + thread.tid(), Json.text(registers(thread))));
        }
        writer.part(Part.json(prefix + "files", Json.text(files(image))));
        writer.part(Part.json(prefix + "sockets", Json.text(sockets(image))));
        writer.part(Part.json(prefix + "cgroup", Json.text(cgroup(StopCopy.text(image, "cgroup")))));
        ObjectNode namespaces = Json.object();
        NAMESPACES.forEach(name -> namespaces.put(name, proc.link(image.pid + "/ns/" + name)));
        writer.part(Part.json(prefix + "namespaces", Json.text(namespaces)));
        writer.part(new Part(
                prefix + "memory-summary",
                Part.TEXT,
                proc.bytes(image.pid + "/smaps_rollup").orElse(new byte[0])));
    }

    private static List<String> words(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.isEmpty() ? List.of() : List.of(text.split("\0", 0));
    }

    private static ObjectNode process(Image image) {
        ObjectNode node = Json.object()
                .put("pid", image.pid)
                .put("exe", StopCopy.text(image, "exe"))
                .put("cwd", StopCopy.text(image, "cwd"))
                .put("root", StopCopy.text(image, "root"))
                .put("architecture", System.getProperty("os.arch", ""));
        node.set("arguments", Json.texts(words(image.files.getOrDefault("cmdline", new byte[0]))));
        ArrayNode threads = node.putArray("threads");
        image.threads.forEach(it -> threads.add(it.tid()));
        node.set("problems", Json.texts(image.problems));
        return node;
    }

    private static ObjectNode registers(Image.ThreadState thread) {
        ObjectNode node = Json.object()
                .put("thread", thread.tid())
                .put("name", thread.name())
                .put("signal", thread.signal())
                .put("stat", String.join(" ", thread.stat()));
        byte[] general = thread.registers().getOrDefault(Ptrace.NT_PRSTATUS, new byte[0]);
        ByteBuffer words = ByteBuffer.wrap(general).order(ByteOrder.LITTLE_ENDIAN);
        // user_regs_struct: of x86-64 rip is the 17th word and rsp the 20th; of aarch64 sp and pc follow 31 others.
        if (general.length == 27 * 8) {
            node.put("pc", Long.toHexString(words.getLong(16 * 8))).put("sp", Long.toHexString(words.getLong(19 * 8)));
        } else if (general.length == 34 * 8) {
            node.put("pc", Long.toHexString(words.getLong(32 * 8))).put("sp", Long.toHexString(words.getLong(31 * 8)));
        }
        ObjectNode sets = node.putObject("sets");
        thread.registers()
                .forEach((type, bytes) ->
                        sets.put(String.valueOf(type), HexFormat.of().formatHex(bytes)));
        thread.signalInfo()
                .ifPresent(bytes -> node.put("signalInfo", HexFormat.of().formatHex(bytes)));
        return node;
    }

    private static ArrayNode files(Image image) {
        ArrayNode files = Json.array();
        for (Image.Descriptor descriptor : image.descriptors) {
            ObjectNode node = Json.object().put("fd", descriptor.number()).put("target", descriptor.target());
            for (String line : descriptor.info().split("\n", -1)) {
                int colon = line.indexOf(':');
                String value = colon < 0 ? "" : line.substring(colon + 1).strip();
                switch (colon < 0 ? "" : line.substring(0, colon)) {
                    case "pos" -> node.put("offset", Long.parseLong(value));
                    case "flags" -> node.put("flags", value);
                    case "lock" -> node.put("lock", value);
                    default -> {}
                }
            }
            descriptor.waiting().ifPresent(bytes -> node.put("waitingBytes", bytes));
            files.add(node);
        }
        return files;
    }

    private ArrayNode sockets(Image image) {
        ArrayNode found = Json.array();
        Map<Long, ObjectNode> all = null;
        for (Image.Descriptor descriptor : image.descriptors) {
            if (!descriptor.target().startsWith("socket:[")) {
                continue;
            }
            if (all == null) {
                all = Sockets.read(proc, String.valueOf(image.pid));
            }
            String inode = descriptor.target().replaceAll("[^0-9]", "");
            ObjectNode socket = all.get(Long.parseLong(inode));
            ObjectNode node = Json.object().put("fd", descriptor.number());
            found.add(
                    socket == null
                            ? node.put("inode", Long.parseLong(inode)).put("protocol", "other")
                            : node.setAll(socket));
        }
        return found;
    }

    /** The files of its cgroup that tell a state: limits, usage, pressure. */
    private static ObjectNode cgroup(String lines) {
        ObjectNode node = Json.object();
        for (String line : lines.lines().toList()) {
            String[] words = line.split(":", 3);
            if (words.length < 3) {
                continue;
            }
            // In version 2 the second word is empty; in version 1 it names controllers, which are folders.
            String controller = words[1].replaceFirst("^name=", "");
            Path folder = CGROUPS.resolve(controller).resolve(words[2].substring(1));
            ObjectNode group = node.putObject(controller.isEmpty() ? "unified" : controller);
            group.put("path", words[2]);
            values(folder).forEach(group::put);
        }
        return node;
    }

    private static Map<String, String> values(Path folder) {
        Map<String, String> values = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (Files.isRegularFile(file) && Files.isReadable(file)) {
                    Proc.read(file)
                            .ifPresent(bytes -> values.put(
                                    file.getFileName().toString(),
                                    new String(bytes, StandardCharsets.UTF_8).stripTrailing()));
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            values.put("problem", "the folder " + folder + " cannot be read: " + e.getMessage());
        }
        return values;
    }
}
