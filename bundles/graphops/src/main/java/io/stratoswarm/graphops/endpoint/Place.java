package io.stratoswarm.graphops.endpoint;

import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How far a file was read or written, as a text that a node keeps.
 *
 * @param path a checksum of it: of another path nothing is known
 * @param offset up to here all is done
 * @param beginning checksum of the first bytes, as many as were done, a kibibyte at most
 * @param skipping whether what follows, up to the next newline, belongs to a line that was too long
 */
record Place(long path, FileId file, long offset, long beginning, boolean skipping) {
    private static final String VERSION = "1";
    /** There was no such file when the node started first. */
    static final FileId NO_FILE = new FileId(0, 0);

    static long hash(String path) {
        CRC32C crc = new CRC32C();
        crc.update(path.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return crc.getValue();
    }

    /** Empty where nothing was kept, or that of another path. */
    static Optional<Place> parse(String text, String path) {
        String[] words = text.split(" ");
        if (words.length != 7 || !words[0].equals(VERSION)) {
            return Optional.empty();
        }
        Place place = new Place(
                number(words[1]),
                new FileId(number(words[2]), number(words[3])),
                number(words[4]),
                number(words[5]),
                words[6].equals("skip"));
        return Optional.of(place).filter(it -> it.path == hash(path));
    }

    private static long number(String word) {
        return Long.parseLong(word);
    }

    @Override
    public String toString() {
        return String.join(
                " ",
                VERSION,
                Long.toString(path),
                Long.toString(file.device()),
                Long.toString(file.inode()),
                Long.toString(offset),
                Long.toString(beginning),
                skipping ? "skip" : "-");
    }
}
