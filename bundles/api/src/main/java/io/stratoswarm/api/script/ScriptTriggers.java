package io.stratoswarm.api.script;

import io.stratoswarm.api.journal.Event;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** When scripts are called: events and times, as headers of all kinds write them. */
@ProviderType
public interface ScriptTriggers {
    /** Keys of a header's settings that are read here: {@code on}, {@code subject}, {@code every} and {@code schedule}. */
    Set<String> KEYS = Set.of("on", "subject", "every", "schedule");

    /**
     * What is wrong with these keys, one line each, {@code key: what and what to do}; empty where all is well. One of {@code on},
     * {@code every} and {@code schedule} is needed.
     *
     * @param settings a JSON object; other keys of it are passed over
     */
    List<String> check(String settings);

    /** Milliseconds of a duration as headers write it, {@code 1h30m} for example; empty where it is none. */
    OptionalLong duration(String text);

    /**
     * Calls for each event from now on, and at each time, one after the other, on a thread that may be held up. An exception is
     * logged, and the next call comes all the same.
     *
     * @param name of the script; events about itself are left out
     * @param settings in which nothing is wrong
     * @return ends it, and returns once no call is under way
     */
    Running start(String name, String settings, Consumer<Trigger> called);

    /** Triggers that are wound. */
    @ProviderType
    interface Running extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * What a script is called for.
     *
     * @param text one line, for the trace
     * @param event absent for a time
     */
    record Trigger(String text, Optional<Event> event) {}
}
