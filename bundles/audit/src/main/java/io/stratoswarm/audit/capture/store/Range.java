package io.stratoswarm.audit.capture.store;

import java.util.Arrays;

/**
 * What a part of memory holds: sixteen pages (64 KiB) from an address on, the address being in the part's name. Content: sixteen bytes,
 * one for each page (0 nothing was there or it is in a file, 1 stored, 2 all zeros, 3 could not be read), then the SHA-256 of each page
 * that is stored, in order.
 */
public record Range(byte[] kinds, byte[][] pages) {
    public static final int PAGES = 16;
    public static final int PAGE = 4096;
    public static final int BYTES = PAGES * PAGE;
    public static final byte ABSENT = 0;
    public static final byte STORED = 1;
    public static final byte ZERO = 2;
    public static final byte UNREAD = 3;

    private static final int HASH = 32;

    public static Range empty() {
        return new Range(new byte[PAGES], new byte[PAGES][]);
    }

    public byte[] content() {
        int stored = 0;
        for (byte kind : kinds) {
            stored += kind == STORED ? 1 : 0;
        }
        byte[] content = Arrays.copyOf(kinds, PAGES + stored * HASH);
        int at = PAGES;
        for (int i = 0; i < PAGES; i++) {
            if (kinds[i] == STORED) {
                System.arraycopy(pages[i], 0, content, at, HASH);
                at += HASH;
            }
        }
        return content;
    }

    public static Range parse(byte[] content) {
        Range range = new Range(Arrays.copyOf(content, PAGES), new byte[PAGES][]);
        int at = PAGES;
        for (int i = 0; i < PAGES; i++) {
            if (range.kinds[i] == STORED) {
                range.pages[i] = Arrays.copyOfRange(content, at, at + HASH);
                at += HASH;
            }
        }
        if (at != content.length) {
            throw new IllegalArgumentException("a part of memory has " + content.length + " bytes, not " + at);
        }
        return range;
    }
}
