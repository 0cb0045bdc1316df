package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
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

    /** The next event of each reactor that was ever here, by its id. */
    java.util.SortedMap<String, Long> positions() {
        java.util.SortedMap<String, Long> positions = new java.util.TreeMap<>();
        drivers.keySet().forEach(reactor -> positions.put(reactor.id(), journal.first()));
        cursors.scan("", "", Integer.MAX_VALUE)
                .forEach(each -> positions.put(each.getKey(), Bytes.asLong(each.getValue())));
        return positions;
    }

    /** Lets go of the cursor of a reactor that does not run. */
    void forget(String id) {
        if (drivers.keySet().stream().anyMatch(reactor -> reactor.id().equals(id))) {
            throw new StratoswarmException(Kind.CONFLICT, "reactor " + id + " runs; it goes on reading by itself");
        }
        if (cursors.get(id).isEmpty()) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "there is no reactor '" + id + "'; known are " + positions().keySet());
        }
        cursors.write(java.util.Map.of(id, java.util.Optional.empty()));
    }

    @Override
    public void close() {
        drivers.keySet().forEach(this::remove);
    }
}
