package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.journal.Journal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells streams which agents changed. One thread for all of them compares the state with what it was, soon after each event and
 * now and then; it runs only while someone watches. Who reads slowly gets the latest state of each agent, not each state.
 */
final class AgentWatch {
    private static final Logger LOG = LoggerFactory.getLogger(AgentWatch.class);
    private static final long SETTLE_MILLIS = 100;
    private static final long AT_LATEST_MILLIS = 2_000;

    private final Services services;
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private Map<String, AgentStatus> last = new HashMap<>();
    private @Nullable Thread thread;

    AgentWatch(Services services) {
        this.services = services;
    }

    /** Begins with the state of all agents. */
    Watcher join() {
        lock.lock();
        try {
            if (thread == null) {
                last = now();
                thread = Thread.ofVirtual().name("console-agents").start(this::run);
            }
            Watcher watcher = new Watcher(last);
            watchers.add(watcher);
            return watcher;
        } finally {
            lock.unlock();
        }
    }

    private Map<String, AgentStatus> now() {
        Map<String, AgentStatus> found = new LinkedHashMap<>();
        services.agents().map(Agents::list).orElse(List.of()).forEach(agent -> found.put(agent.id(), agent));
        return found;
    }

    private void run() {
        Semaphore happened = new Semaphore(0);
        Optional<Journal> journal = services.journal();
        try (Journal.Subscription live =
                journal.isEmpty() ? null : journal.get().follow(journal.get().size(), event -> happened.release())) {
            while (step()) {
                if (happened.tryAcquire(AT_LATEST_MILLIS, TimeUnit.MILLISECONDS)) {
                    // Much happens at once or not at all; one comparison sees all of it.
                    Thread.sleep(SETTLE_MILLIS);
                    happened.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("the state of the agents cannot be watched now: {}", e.getMessage(), e);
            lock.lock();
            try {
                thread = null;
                watchers.forEach(Watcher::end);
                watchers.clear();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Compares once and tells the watchers. False where nobody watches any more. */
    boolean step() {
        Map<String, AgentStatus> found = now();
        lock.lock();
        try {
            if (watchers.isEmpty()) {
                thread = null;
                return false;
            }
            List<AgentStatus> changed = new ArrayList<>();
            found.forEach((id, agent) -> {
                if (!agent.equals(last.get(id))) {
                    changed.add(agent);
                }
            });
            Set<String> removed = new LinkedHashSet<>(last.keySet());
            removed.removeAll(found.keySet());
            last = found;
            if (!changed.isEmpty() || !removed.isEmpty()) {
                watchers.forEach(watcher -> watcher.tell(changed, removed));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** What one stream has not been told yet: at most one state for each agent. */
    final class Watcher implements AutoCloseable {
        private final ReentrantLock own = new ReentrantLock();
        private final Condition news = own.newCondition();
        private final Map<String, AgentStatus> changed;
        private final Set<String> removed = new LinkedHashSet<>();
        private boolean full = true;
        private boolean ended;

        private Watcher(Map<String, AgentStatus> all) {
            changed = new LinkedHashMap<>(all);
        }

        private void tell(List<AgentStatus> agents, Set<String> gone) {
            own.lock();
            try {
                for (AgentStatus agent : agents) {
                    changed.put(agent.id(), agent);
                    removed.remove(agent.id());
                }
                for (String id : gone) {
                    changed.remove(id);
                    removed.add(id);
                }
                news.signalAll();
            } finally {
                own.unlock();
            }
        }

        /** Ends a wait. */
        void end() {
            own.lock();
            try {
                ended = true;
                news.signalAll();
            } finally {
                own.unlock();
            }
        }

        boolean ended() {
            own.lock();
            try {
                return ended;
            } finally {
                own.unlock();
            }
        }

        /** Waits for news; empty where there is none within this time. */
        Optional<ObjectNode> poll(long millis) throws InterruptedException {
            own.lockInterruptibly();
            try {
                long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
                while (!full && !ended && changed.isEmpty() && removed.isEmpty() && nanos > 0) {
                    nanos = news.awaitNanos(nanos);
                }
                if (!full && changed.isEmpty() && removed.isEmpty()) {
                    return Optional.empty();
                }
                ObjectNode answer = Json.object().put("full", full);
                ArrayNode agents = answer.putArray("agents");
                changed.values().forEach(agent -> agents.add(Shapes.agent(agent)));
                answer.set("removed", Json.texts(removed));
                full = false;
                changed.clear();
                removed.clear();
                return Optional.of(answer);
            } finally {
                own.unlock();
            }
        }

        @Override
        public void close() {
            watchers.remove(this);
        }
    }
}
