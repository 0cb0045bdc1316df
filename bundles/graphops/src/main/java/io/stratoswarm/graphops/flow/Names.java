package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who the receivers of a flow are that are known by their keys: counts go on under their names when they are gone. */
final class Names {
    private static final String SEPARATOR = " ";

    private final Path file;
    private final Map<Long, Port> known = new LinkedHashMap<>();

    Names(Path file) {
        this.file = file;
        if (!Files.exists(file)) {
            return;
        }
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(SEPARATOR, -1);
                if (words.length == 3) {
                    known.put(Long.parseUnsignedLong(words[0], 16), new Port(words[1], words[2], false));
                }
            }
        } catch (IOException | NumberFormatException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot read names of receivers in " + file + ": " + e, e);
        }
    }

    void add(List<Port> ports) {
        boolean any = false;
        for (Port port : ports) {
            any |= known.putIfAbsent(Receiver.key(port.agent() + " " + port.channel()), port) == null;
        }
        if (any) {
            write();
        }
    }

    private void write() {
        List<String> lines = known.entrySet().stream()
                .map(it -> Long.toHexString(it.getKey())
                        + SEPARATOR
                        + it.getValue().agent()
                        + SEPARATOR
                        + it.getValue().channel())
                .toList();
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
            Files.write(fresh, lines);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot keep names of receivers in " + file + ": " + e, e);
        }
    }

    /** Agent and channel of a key. */
    Port of(long key) {
        return known.getOrDefault(key, new Port("(removed)", Long.toHexString(key), false));
    }
}
