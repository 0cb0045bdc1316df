package io.stratoswarm.audit.capture;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;

/**
 * A fast hash of pages, only for telling whether a page is what it was: NH of UMAC (Black et al., Crypto '99) with words of 64 bits, over
 * a key that is made anew with each start and never leaves the process. Two different pages agree in it with a probability of at most
 * 2^-64, whoever chose them, as long as they do not know the key. It is never an address.
 */
final class PageHash {
    private static final int PAGE = 4096;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final long[] key;
    private final long[] words = new long[PAGE / Long.BYTES];
    private long high;
    private long low;
    private boolean zero;

    PageHash(RandomGenerator random) {
        key = new long[PAGE / Long.BYTES];
        for (int i = 0; i < key.length; i++) {
            key[i] = random.nextLong();
        }
    }

    private PageHash(long[] key) {
        this.key = key;
    }

    /** One with the same key, for another thread. */
    PageHash another() {
        return new PageHash(key);
    }

    /** Hashes the page at this offset; the results can be asked of this until the next one. */
    PageHash of(MemorySegment memory, long offset) {
        // An array is looked through several times as quickly, since the compiler may give up on what a segment checks.
        MemorySegment.copy(memory, LONG, offset, words, 0, words.length);
        long firstHigh = 0;
        long firstLow = 0;
        long secondHigh = 0;
        long secondLow = 0;
        long any = 0;
        for (int i = 0; i < words.length; i += 4) {
            long a = words[i];
            long b = words[i + 1];
            long c = words[i + 2];
            long d = words[i + 3];
            any |= a | b | c | d;
            a += key[i];
            b += key[i + 1];
            c += key[i + 2];
            d += key[i + 3];
            long first = a * b;
            firstLow += first;
            firstHigh += Math.unsignedMultiplyHigh(a, b) + carry(firstLow, first);
            long second = c * d;
            secondLow += second;
            secondHigh += Math.unsignedMultiplyHigh(c, d) + carry(secondLow, second);
        }
        low = firstLow + secondLow;
        high = firstHigh + secondHigh + carry(low, firstLow);
        zero = any == 0;
        return this;
    }

    private static int carry(long sum, long added) {
        return Long.compareUnsigned(sum, added) < 0 ? 1 : 0;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    /** Whether the page holds nothing but zeros. */
    boolean zero() {
        return zero;
    }
}
