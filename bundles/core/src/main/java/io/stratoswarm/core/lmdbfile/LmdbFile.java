package io.stratoswarm.core.lmdbfile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** An LMDB file opened for reading, at the newest of its two roots. Not safe for use by several threads. */
public final class LmdbFile implements AutoCloseable {
    private static final int MAGIC = 0xBEEFC0DE;
    private static final int DATA_VERSION = 1;
    private static final int META_AT = Page.HEADER;
    private static final int FREE_FLAGS = 0x08;

    private final FileChannel channel;
    private final Path path;
    private int pageSize;
    private long lastPage;
    private long transaction;
    private Tree free = new Tree("free", 0, 0, 0, 0, 0, 0, Tree.EMPTY);
    private Tree main = free;

    private LmdbFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** @throws LmdbDamage where no root can be found */
    public static LmdbFile open(Path path) throws IOException {
        LmdbFile file = new LmdbFile(path, FileChannel.open(path, StandardOpenOption.READ));
        try {
            file.refresh();
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Moves to the newest root, where a writer has been at work since. */
    public void refresh() throws IOException {
        ByteBuffer first = read(0, 512);
        pageSize = checkMeta(first, 0);
        ByteBuffer second = read(pageSize, 512);
        if (checkMeta(second, 1) != pageSize) {
            throw new LmdbDamage("the two roots disagree about the page size");
        }
        long transaction0 = first.getLong(META_AT + 128);
        long transaction1 = second.getLong(META_AT + 128);
        checkTransactions(transaction0, transaction1);
        ByteBuffer meta = transaction1 > transaction0 ? second : first;
        transaction = Math.max(transaction0, transaction1);
        lastPage = meta.getLong(META_AT + 120);
        long filePages = channel.size() / pageSize;
        // Pages that a transaction took and gave back unwritten may lie beyond the end, but not many.
        if (lastPage < 1 || lastPage > filePages + 65_536) {
            throw new LmdbDamage("the root names " + (lastPage + 1) + " pages, the file has " + filePages);
        }
        free = Tree.read("free", meta, META_AT + 24);
        main = Tree.read("main", meta, META_AT + 24 + Tree.BYTES);
        if (free.flags() != FREE_FLAGS || main.flags() != 0) {
            throw new LmdbDamage("the root has table flags " + free.flags() + " and " + main.flags());
        }
    }

    /** A transaction writes the root of its number's parity, so the two follow each other. */
    private static void checkTransactions(long transaction0, long transaction1) {
        boolean fresh = transaction0 == 0 && transaction1 == 0;
        boolean parity = (transaction0 & 1) == 0 && ((transaction1 & 1) == 1 || transaction1 == 0);
        if (!fresh && (!parity || Math.abs(transaction0 - transaction1) != 1)) {
            throw new LmdbDamage("the roots are of transactions " + transaction0 + " and " + transaction1
                    + ", which do not follow each other");
        }
    }

    private static int checkMeta(ByteBuffer meta, long number) {
        int flags = meta.getShort(10) & 0xFFFF;
        if (meta.getLong(0) != number || flags != Page.META) {
            throw new LmdbDamage("page " + number + " is not a root page");
        }
        if (meta.getInt(META_AT) != MAGIC || meta.getInt(META_AT + 4) != DATA_VERSION) {
            throw new LmdbDamage("page " + number + " lacks the signature of LMDB data version 1");
        }
        int size = meta.getInt(META_AT + 24);
        if (Integer.bitCount(size) != 1 || size < 512 || size > 65_536) {
            throw new LmdbDamage("page " + number + " names a page size of " + size);
        }
        return size;
    }

    public Path path() {
        return path;
    }

    public int pageSize() {
        return pageSize;
    }

    public long lastPage() {
        return lastPage;
    }

    public long transaction() {
        return transaction;
    }

    public Tree free() {
        return free;
    }

    public Tree main() {
        return main;
    }

    /** The table of this name, or empty. */
    public Optional<Tree> table(String name) throws IOException {
        TreeCursor cursor = new TreeCursor(this, main);
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        if (!cursor.seek(key) || !java.util.Arrays.equals(cursor.key(), key)) {
            return Optional.empty();
        }
        if (!cursor.isTable()) {
            throw new LmdbDamage("the main table holds '" + name + "' as a value");
        }
        return Optional.of(tableRecord(name, ByteBuffer.wrap(cursor.value()).order(ByteOrder.LITTLE_ENDIAN), 0));
    }

    static Tree tableRecord(String name, ByteBuffer in, int at) {
        Tree tree = Tree.read(name, in, at);
        if (tree.flags() != 0) {
            throw new LmdbDamage("table '" + name + "' has flags " + tree.flags());
        }
        return tree;
    }

    /** Reads and checks a branch or leaf page. */
    void read(long number, Page page) throws IOException {
        checkNumber(number, 1);
        fill(number * pageSize, page.bytes.clear());
        page.check(number);
    }

    /** How many pages a value of this length takes in overflow. */
    long overflowPages(long length) {
        return (Page.HEADER - 1 + length) / pageSize + 1;
    }

    /** Checks the header of an overflow run. */
    void checkOverflow(long number, long length) throws IOException {
        long pages = overflowPages(length);
        checkNumber(number, pages);
        ByteBuffer header = read(number * pageSize, Page.HEADER);
        int flags = header.getShort(10) & 0xFFFF;
        long stored = header.getInt(12) & 0xFFFFFFFFL;
        if (header.getLong(0) != number || flags != Page.OVERFLOW || stored != pages) {
            throw new LmdbDamage("page " + number + " is not the start of " + pages + " overflow pages");
        }
    }

    byte[] overflow(long number, long length) throws IOException {
        checkOverflow(number, length);
        byte[] value = new byte[Math.toIntExact(length)];
        fill(number * pageSize + Page.HEADER, ByteBuffer.wrap(value));
        return value;
    }

    private void checkNumber(long number, long pages) throws IOException {
        if (number < 2 || number + pages - 1 > lastPage || (number + pages) * pageSize > channel.size()) {
            throw new LmdbDamage("page " + number + " (and " + (pages - 1) + " more) lies outside the file");
        }
    }

    private ByteBuffer read(long at, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        fill(at, buffer);
        return buffer;
    }

    private void fill(long at, ByteBuffer buffer) throws IOException {
        long position = at;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, position);
            if (read < 0) {
                throw new LmdbDamage("the file ends at " + channel.size() + ", before byte " + (position + 1));
            }
            position += read;
        }
        buffer.flip();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + path, e);
        }
    }
}
