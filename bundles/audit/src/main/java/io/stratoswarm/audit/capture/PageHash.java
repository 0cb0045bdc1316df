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

    private final long[] key = new long[PAGE / Long.BYTES];
    private long high;
    private long low;
    private boolean zero;

    PageHash(RandomGenerator random) {
        for (int i = 0; i < key.length; i++) {
            key[i] = random.nextLong();
        }
    }

    /** Hashes the page at this offset; the results can be asked for until the next one. */
    void of(MemorySegment memory, long offset) {
        long sumHigh = 0;
        long sumLow = 0;
        long any = 0;
        for (int i = 0; i < PAGE / Long.BYTES; i += 2) {
            long first = memory.get(LONG, offset + i * 8L);
            long second = memory.get(LONG, offset + i * 8L + 8);
            any |= first | second;
            long a = first + key[i];
            long b = second + key[i + 1];
            long product = a * b;
            sumLow += product;
            sumHigh += Math.unsignedMultiplyHigh(a, b) + (Long.compareUnsigned(sumLow, product) < 0 ? 1 : 0);
        }
        high = sumHigh;
        low = sumLow;
        zero = any == 0;
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
