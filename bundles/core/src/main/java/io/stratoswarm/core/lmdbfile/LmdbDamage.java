package io.stratoswarm.core.lmdbfile;

/** A file is not what LMDB would have written; the message says which page and what is wrong with it. */
public final class LmdbDamage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LmdbDamage(String message) {
        super(message);
    }
}
