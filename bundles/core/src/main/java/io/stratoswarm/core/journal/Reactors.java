package io.stratoswarm.core.journal;

import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.store.TableStore;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Drives the reactors that are registered, each on a thread of its own from its durable cursor on. */
public final class Reactors implements AutoCloseable {
    static final String TABLE = "core.reactors";
    static final int VERSION = 1;

    private final LmdbJournal journal;
    private final TableStore.Table cursors;
    private final ConcurrentHashMap<Reactor, ReactorDriver> drivers = new ConcurrentHashMap<>();
    /** One instance of an id runs at a time; the next one waits until the last has stored its cursor. */
    private final ConcurrentHashMap<String, ReentrantLock> turns = new ConcurrentHashMap<>();

    public Reactors(LmdbJournal journal, TableStore tables) {
        this.journal = journal;
        this.cursors = tables.open(TABLE, VERSION);
    }

    public void add(Reactor reactor) {
        ReentrantLock turn = turns.computeIfAbsent(reactor.id(), id -> new ReentrantLock());
        ReactorDriver driver = new ReactorDriver(reactor, journal, cursors, turn);
        drivers.put(reactor, driver);
        driver.start();
    }

    /** Returns once an {@code on} in progress has ended and the cursor is stored. */
    public void remove(Reactor reactor) {
        ReactorDriver driver = drivers.remove(reactor);
        if (driver != null) {
            driver.close();
        }
    }

    @Override
    public void close() {
        drivers.keySet().forEach(this::remove);
    }
}
