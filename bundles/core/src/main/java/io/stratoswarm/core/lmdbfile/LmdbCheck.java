package io.stratoswarm.core.lmdbfile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether LMDB may map a file: every page that it could follow, from either table down to the list of free pages, is
 * where it should be, is used once, and is counted right. It does not look at what values mean.
 */
public final class LmdbCheck {
    private final LmdbFile file;
    private final BitSet used = new BitSet();

    private LmdbCheck(LmdbFile file) {
        this.file = file;
    }

    /** What is wrong with the file, in one line, or null where nothing is. */
    public static @Nullable String problem(Path path) {
        try (LmdbFile file = LmdbFile.open(path)) {
            new LmdbCheck(file).run();
            return null;
        } catch (LmdbDamage e) {
            return e.getMessage();
        } catch (IOException e) {
            return "cannot be read: " + e;
        }
    }

    private void run() throws IOException {
        new Walk(file.main()).run();
        new Walk(file.free()).run();
    }

    private void use(long number, long pages, String table) {
        for (long page = number; page < number + pages; page++) {
            if (page > Integer.MAX_VALUE || used.get((int) page)) {
                throw new LmdbDamage("page " + page + " is used twice, the second time by '" + table + "'");
            }
            used.set((int) page);
        }
    }

    /** Walks one tree and compares what it finds with what the tree's record says. */
    private final class Walk {
        private final Tree tree;
        private final boolean isMain;
        private final boolean isFree;
        private final Page[] pages = new Page[33];
        private long branches;
        private long leaves;
        private long overflows;
        private long entries;
        private byte[] last = new byte[0];
        private long lastNumber = -1;
        private byte @Nullable [] atLeast;

        Walk(Tree tree) {
            this.tree = tree;
            this.isMain = tree == file.main();
            this.isFree = tree == file.free();
        }

        void run() throws IOException {
            if (tree.depth() > 32) {
                throw new LmdbDamage("table '" + tree.name() + "' says it is " + tree.depth() + " deep");
            }
            if (tree.root() == Tree.EMPTY) {
                if (tree.depth() != 0) {
                    throw new LmdbDamage("table '" + tree.name() + "' is empty and " + tree.depth() + " deep");
                }
            } else {
                visit(tree.root(), 1);
            }
            if (branches != tree.branchPages()
                    || leaves != tree.leafPages()
                    || overflows != tree.overflowPages()
                    || entries != tree.entries()) {
                throw new LmdbDamage("table '" + tree.name() + "' should have " + tree.branchPages() + " branch, "
                        + tree.leafPages() + " leaf, " + tree.overflowPages() + " overflow pages and " + tree.entries()
                        + " entries, and has " + branches + ", " + leaves + ", " + overflows + ", " + entries);
            }
        }

        private void visit(long number, int level) throws IOException {
            if (level > tree.depth()) {
                throw new LmdbDamage("table '" + tree.name() + "' is deeper than " + tree.depth());
            }
            use(number, 1, tree.name());
            Page page = pages[level];
            if (page == null) {
                page = new Page(file.pageSize());
                pages[level] = page;
            }
            file.read(number, page);
            if (page.leaf()) {
                if (level != tree.depth()) {
                    throw new LmdbDamage("page " + number + " is a leaf at depth " + level + " of " + tree.depth());
                }
                leaves++;
                leaf(number, page);
                return;
            }
            branches++;
            if (page.keys() < 2 && !isFree) {
                throw new LmdbDamage("page " + number + " is a branch with one child");
            }
            for (int i = 0; i < page.keys(); i++) {
                if (i > 0) {
                    bound(number, page, i);
                }
                visit(page.child(i), level + 1);
            }
        }

        /** A branch's key lies after all keys before it; the child's own first key must not be before it. */
        private void bound(long number, Page page, int i) {
            if (isFree) {
                return;
            }
            byte[] key = page.key(i);
            if (Arrays.compareUnsigned(key, lastKey()) <= 0) {
                throw new LmdbDamage("page " + number + ", key " + i + " is out of order");
            }
            atLeast = key;
        }

        private void leaf(long number, Page page) throws IOException {
            entries += page.keys();
            for (int i = 0; i < page.keys(); i++) {
                order(number, page, i);
                if (atLeast != null) {
                    if (Arrays.compareUnsigned(lastKey(), atLeast) < 0) {
                        throw new LmdbDamage("page " + number + " begins before the key that leads to it");
                    }
                    atLeast = null;
                }
                int flags = page.nodeFlags(i);
                if (flags == Page.BIG) {
                    long first = page.bytes.getLong(page.dataAt(i));
                    file.checkOverflow(first, page.dataSize(i));
                    long run = file.overflowPages(page.dataSize(i));
                    use(first, run, tree.name());
                    overflows += run;
                } else if (flags == Page.SUBTREE) {
                    table(number, page, i);
                } else if (isMain) {
                    throw new LmdbDamage("page " + number + ", node " + i + " should name a table");
                }
                if (isFree) {
                    freed(number, page, i, flags);
                }
            }
        }

        private byte[] lastKey() {
            return last.length == 8 ? ByteBuffer.allocate(8).putLong(lastNumber).array() : last;
        }

        private void table(long number, Page page, int i) throws IOException {
            if (!isMain) {
                throw new LmdbDamage("page " + number + ", node " + i + " names a table inside '" + tree.name() + "'");
            }
            String name = new String(page.key(i), StandardCharsets.UTF_8);
            new Walk(LmdbFile.tableRecord(name, page.bytes, page.dataAt(i))).run();
        }

        private void order(long number, Page page, int i) {
            boolean right;
            if (isFree) {
                long id = page.keySize(i) == 8 ? page.bytes.getLong(page.keyAt(i)) : -1;
                right = id > lastNumber && id <= file.transaction();
                lastNumber = id;
            } else if (page.keySize(i) == 8 && last.length == 8) {
                // Nearly all keys are such numbers.
                long key = Long.reverseBytes(page.bytes.getLong(page.keyAt(i)));
                right = Long.compareUnsigned(key, lastNumber) > 0;
                lastNumber = key;
            } else {
                byte[] key = page.key(i);
                right = key.length > 0 && Arrays.compareUnsigned(key, lastKey()) > 0;
                last = key;
                lastNumber = key.length == 8 ? ByteBuffer.wrap(key).getLong() : -1;
            }
            if (!right) {
                throw new LmdbDamage("page " + number + ", key " + i + " of '" + tree.name() + "' is out of order");
            }
        }

        /** A list of free pages: a count, then page numbers in descending order. */
        private void freed(long number, Page page, int i, int flags) throws IOException {
            int size = Math.toIntExact(page.dataSize(i));
            ByteBuffer list;
            if (flags == Page.BIG) {
                list = ByteBuffer.wrap(file.overflow(page.bytes.getLong(page.dataAt(i)), size));
            } else {
                list = page.bytes.slice(page.dataAt(i), size);
            }
            list.order(ByteOrder.LITTLE_ENDIAN);
            long count = size < 8 ? -1 : list.getLong(0);
            if (count < 0 || (count + 1) * 8 > size) {
                throw new LmdbDamage(
                        "page " + number + ", node " + i + " lists " + count + " free pages in " + size + " bytes");
            }
            long before = Long.MAX_VALUE;
            for (int n = 1; n <= count; n++) {
                long each = list.getLong(n * 8);
                if (each >= before || each < 2 || each > file.lastPage()) {
                    throw new LmdbDamage("page " + number + ", node " + i + " lists page " + each + " as free");
                }
                use(each, 1, "free");
                before = each;
            }
        }
    }
}
