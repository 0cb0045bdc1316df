package io.stratoswarm.audit.publish;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tile by its path, C2SP tlog-tiles.
 *
 * @param level of the tile, each 8 levels of the tree; {@link #ENTRIES} for a bundle of entries
 * @param width how many hashes or entries, 1..256; less than 256 for a partial one
 */
record TilePath(int level, long index, int width) {
    static final int WIDTH = 256;
    static final int ENTRIES = -1;

    private static final Pattern SYNTAX =
            Pattern.compile("tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");
    /** So that the sequence of every entry fits in 63 bits. */
    private static final long MOST_INDEX = 1L << 55;

    static TilePath full(int level, long index) {
        return new TilePath(level, index, WIDTH);
    }

    /** Empty where the text is no path of a tile in its one canonical form. */
    static Optional<TilePath> parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int level = matcher.group(1).equals("entries") ? ENTRIES : Integer.parseInt(matcher.group(1));
        long index = Long.parseLong(matcher.group(2).replaceAll("[x/]", ""));
        int width = matcher.group(3) == null ? WIDTH : Integer.parseInt(matcher.group(3));
        TilePath path = new TilePath(level, index, width);
        return level <= 63 && index < MOST_INDEX && path.toString().equals(text) ? Optional.of(path) : Optional.empty();
    }

    /** How many nodes or entries a tree of this size has on the level. */
    static long count(int level, long size) {
        return level == ENTRIES ? size : 8 * level > 62 ? 0 : size >>> 8 * level;
    }

    /** Whether a tree of this size has this tile. */
    boolean within(long size) {
        return index * WIDTH + width <= count(level, size);
    }

    boolean partial() {
        return width < WIDTH;
    }

    TilePath whole() {
        return full(level, index);
    }

    /** Index in groups of three digits, all but the last with an x. */
    private static String digits(long index) {
        StringBuilder out = new StringBuilder(String.format("%03d", index % 1000));
        for (long rest = index / 1000; rest > 0; rest /= 1000) {
            out.insert(0, String.format("x%03d/", rest % 1000));
        }
        return out.toString();
    }

    @Override
    public String toString() {
        return "tile/" + (level == ENTRIES ? "entries" : level) + "/" + digits(index)
                + (width < WIDTH ? ".p/" + width : "");
    }
}
