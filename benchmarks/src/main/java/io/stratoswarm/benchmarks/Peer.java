package io.stratoswarm.benchmarks;

/** Something that writes records durably, a batch at a time. */
interface Peer extends AutoCloseable {
    String name();

    /** Writes so many records in one durable transaction. */
    void write(int batch);

    @Override
    void close();
}
