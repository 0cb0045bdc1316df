package io.stratoswarm.core.script.kinds;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.script.ScriptTriggers;
import io.stratoswarm.core.manifest.Units;
import io.stratoswarm.core.script.JsonNodes;
import io.stratoswarm.core.script.ScriptLedger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Triggers for kinds of other bundles, read and wound as those of reactions are. */
final class Triggers implements ScriptTriggers {
    private static final Logger LOG = LoggerFactory.getLogger(Triggers.class);

    private final KindParts parts;

    Triggers(KindParts parts) {
        this.parts = parts;
    }

    private static Settings own(String settings) {
        ObjectNode node = (ObjectNode) JsonNodes.known(settings);
        return new Settings(JsonNodes.write(node.retain(KEYS)));
    }

    @Override
    public List<String> check(String settings) {
        Settings own = own(settings);
        ReactionSettings.of(own);
        return new ArrayList<>(own.wrong());
    }

    @Override
    public OptionalLong duration(String text) {
        return Units.duration(text);
    }

    @Override
    public Running start(String name, String settings, Consumer<Trigger> called) {
        Wound wound = new Wound(name, ReactionSettings.of(own(settings)), called);
        wound.start();
        return wound;
    }

    /** One script's. Events and times are taken one after the other. */
    private final class Wound implements Running {
        private final String name;
        private final ReactionSettings settings;
        private final Consumer<Trigger> called;
        private final ReentrantLock turn = new ReentrantLock();
        private volatile boolean closed;
        private Journal.@Nullable Subscription subscription;
        private Alarms.@Nullable Alarm alarm;

        Wound(String name, ReactionSettings settings, Consumer<Trigger> called) {
            this.name = name;
            this.settings = settings;
            this.called = called;
        }

        void start() {
            if (!settings.on().isEmpty()) {
                subscription = parts.journal().follow(parts.journal().size(), this::on);
            }
            wind();
        }

        private void on(Event event) {
            if (!event.subject().equals(ScriptLedger.subject(name)) && settings.matches(event)) {
                String text = "event " + event.sequence() + " " + event.type() + " " + event.subject();
                call(new Trigger(text, Optional.of(event)));
            }
        }

        private void call(Trigger trigger) {
            turn.lock();
            try {
                if (!closed) {
                    called.accept(trigger);
                }
            } catch (RuntimeException e) {
                LOG.error("script {}: the call for {} came to nothing: {}", name, trigger.text(), e.getMessage(), e);
            } finally {
                turn.unlock();
            }
        }

        private void wind() {
            OptionalLong due = settings.nextNanos(parts.nanos(), parts.zone());
            if (due.isPresent() && !closed) {
                long millis = Math.max(1, (due.getAsLong() - parts.nanos() + 999_999) / 1_000_000);
                alarm = parts.alarms().after(millis, this::ring);
            }
        }

        private void ring() {
            turn.lock();
            try {
                call(new Trigger(settings.timer(), Optional.empty()));
                wind();
            } finally {
                turn.unlock();
            }
        }

        @Override
        public void close() {
            closed = true;
            if (subscription != null) {
                subscription.close();
            }
            turn.lock();
            try {
                if (alarm != null) {
                    alarm.cancel();
                }
            } finally {
                turn.unlock();
            }
        }
    }
}
