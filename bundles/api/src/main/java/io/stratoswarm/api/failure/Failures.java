package io.stratoswarm.api.failure;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.metric.Points;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.osgi.annotation.versioning.ProviderType;

/** Finds what may have made an agent fail. */
@ProviderType
public interface Failures {
    /**
     * Looks at the time before a failure.
     *
     * @param target an agent, for its last failure; a time such as {@code 2026-01-31T12:00:00Z}, for the nearest failure before it;
     *     or {@code #123}, for that event or the nearest failure before it
     * @param windowMillis how far back
     * @throws io.stratoswarm.api.StratoswarmException kind NOT_FOUND where nothing failed
     */
    Diagnosis diagnose(String target, long windowMillis);

    /** A diagnosis as one page of HTML that needs nothing else. */
    String html(Diagnosis diagnosis);

    /** What a factor rests on. */
    enum Basis {
        /** Causes that were recorded, or a policy of ours that was asked again. */
        EXACT,
        /** Something that happened, or was measured, before; that it is the reason is inferred. */
        MEASURED
    }

    /** What sort of thing a factor is. */
    enum Category {
        MEMORY,
        DESCRIPTORS,
        PROCESSOR,
        IO,
        PROCESSES,
        FLOW,
        STORAGE,
        PRESSURE,
        /** Another agent failed. */
        FAILURE,
        /** Somebody asked for it: a stop, a kill, a signal. */
        COMMAND,
        /** What is declared, or how something is configured, was changed. */
        CHANGE,
        /** Something that a script did. */
        SCRIPT,
        OTHER
    }

    /**
     * One possible reason.
     *
     * @param subject an agent, {@code host}, or a graph
     * @param relation how the subject stands to the agent that failed, in words
     * @param what one line
     * @param impact from 0 to 1; those below {@link Diagnosis#threshold} may be chance
     * @param timeNanos when it began
     */
    record Factor(
            Category category,
            String subject,
            String relation,
            String what,
            double impact,
            Basis basis,
            long timeNanos,
            List<Evidence> evidence) {
        public Factor {
            evidence = List.copyOf(evidence);
        }
    }

    /**
     * What speaks for a factor.
     *
     * @param sequence of an event
     * @param points what was measured
     */
    record Evidence(String text, OptionalLong sequence, Optional<Points> points) {}

    /**
     * What was found.
     *
     * @param failure the event
     * @param factors the likeliest first
     * @param threshold impact from which on a factor is called significant
     * @param notes what was looked at, what could not be, and what a policy would have said otherwise
     * @param causes the recorded causes of the failure, the nearest first
     */
    record Diagnosis(
            Event failure,
            String agent,
            long fromNanos,
            long toNanos,
            List<Factor> factors,
            double threshold,
            List<String> notes,
            List<Event> causes) {
        public Diagnosis {
            factors = List.copyOf(factors);
            notes = List.copyOf(notes);
            causes = List.copyOf(causes);
        }

        /** Whether any factor is significant. */
        public boolean explained() {
            return factors.stream().anyMatch(factor -> factor.impact() >= threshold);
        }
    }
}
