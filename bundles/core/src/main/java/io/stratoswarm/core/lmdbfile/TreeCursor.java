package io.stratoswarm.core.lmdbfile;

import java.io.IOException;
import java.util.Arrays;

/** Walks the leaves of one table in key order. Throws {@link LmdbDamage} at the first page that is not sound. */
public final class TreeCursor {
    private static final int MAX_DEPTH = 32;

    private final LmdbFile file;
    private final Tree tree;
    private final Page[] pages = new Page[MAX_DEPTH];
    private final int[] positions = new int[MAX_DEPTH];
    private int depth;

    public TreeCursor(LmdbFile file, Tree tree) {
        this.file = file;
        this.tree = tree;
    }

    /** To the first entry; false where there is none. */
    public boolean first() throws IOException {
        return seek(new byte[0]);
    }

    /** To the first entry whose key is not before this one. */
    public boolean seek(byte[] key) throws IOException {
        depth = 0;
        if (tree.root() == Tree.EMPTY) {
            return false;
        }
        long number = tree.root();
        while (true) {
            Page page = load(number);
            int at = 0;
            if (page.leaf()) {
                while (at < page.keys() && Arrays.compareUnsigned(page.key(at), key) < 0) {
                    at++;
                }
                positions[depth - 1] = at;
                return at < page.keys() || next();
            }
            // The first key of a branch stands for everything smaller.
            while (at + 1 < page.keys() && Arrays.compareUnsigned(page.key(at + 1), key) <= 0) {
                at++;
            }
            positions[depth - 1] = at;
            number = page.child(at);
        }
    }

    /** To the last entry; false where there is none. */
    public boolean last() throws IOException {
        depth = 0;
        if (tree.root() == Tree.EMPTY) {
            return false;
        }
        long number = tree.root();
        while (true) {
            Page page = load(number);
            positions[depth - 1] = page.keys() - 1;
            if (page.leaf()) {
                return true;
            }
            number = page.child(page.keys() - 1);
        }
    }

    public boolean next() throws IOException {
        while (depth > 0) {
            Page page = pages[depth - 1];
            if (++positions[depth - 1] < page.keys()) {
                while (!page.leaf()) {
                    page = load(page.child(positions[depth - 1]));
                    positions[depth - 1] = 0;
                }
                return true;
            }
            depth--;
        }
        return false;
    }

    private Page load(long number) throws IOException {
        if (depth == MAX_DEPTH || depth > tree.depth()) {
            throw new LmdbDamage("table '" + tree.name() + "' is deeper than " + tree.depth() + " at page " + number);
        }
        Page page = pages[depth];
        if (page == null) {
            page = new Page(file.pageSize());
            pages[depth] = page;
        }
        file.read(number, page);
        depth++;
        return page;
    }

    public byte[] key() {
        return pages[depth - 1].key(positions[depth - 1]);
    }

    boolean isTable() {
        return pages[depth - 1].nodeFlags(positions[depth - 1]) == Page.SUBTREE;
    }

    public byte[] value() throws IOException {
        Page page = pages[depth - 1];
        int i = positions[depth - 1];
        if (page.nodeFlags(i) == Page.BIG) {
            return file.overflow(page.bytes.getLong(page.dataAt(i)), page.dataSize(i));
        }
        byte[] value = new byte[(int) page.dataSize(i)];
        page.bytes.get(page.dataAt(i), value);
        return value;
    }
}
