package io.stratoswarm.api.healing;

import io.stratoswarm.api.journal.Event;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Heals agents by what it has learned. A failure is a case, named by the sequence of its event.
 *
 * <p>Kinds of failure: NOT_FOUND for a case, class or agent that is not there, INVALID for an act that there is not.
 */
@ProviderType
public interface Healing {
    /**
     * How it is.
     *
     * @param mode {@code off}, {@code advise} or {@code auto}
     * @param paused why nothing is done; empty where healing goes on
     * @param open how many healings go on
     * @param withheld how many were not done since the daemon began, by the reason
     * @param model hash of what failures are named by
     */
    record Status(String mode, String paused, int open, SortedMap<String, Long> withheld, String model) {
        public Status {
            withheld = new TreeMap<>(withheld);
        }
    }

    /**
     * What is known of a class of failures.
     *
     * @param label its name for ever
     * @param name as people call it
     * @param opened whether it was not known when the model was made
     * @param seen how often it was met
     * @param acts what may be done about it, the best first
     */
    record Strategy(String label, String name, boolean opened, long seen, List<Option> acts) {
        public Strategy {
            acts = List.copyOf(acts);
        }
    }

    /**
     * One act against a class.
     *
     * @param on whether it may be done
     * @param tries how often it was
     * @param reward mean of what was measured, 0..1; absent where it was not tried
     * @param expected reward that is expected of it now, 0..1
     */
    record Option(String act, String what, boolean on, long tries, OptionalDouble reward, double expected) {}

    /**
     * A failure and what was done about it.
     *
     * @param number sequence of the failure's event
     * @param label class that it was taken for
     * @param known whether that was a class of the model, or one that was met before
     * @param confidence 0..1
     * @param drivers measures that stood out, with their values
     * @param act what was chosen; empty where nothing was
     * @param state {@code withheld}, {@code waits}, {@code open} or {@code ended}
     * @param reward 0..1; absent while it goes on or where nothing can be learned from it
     * @param why in words: why nothing was done, or how it ended
     * @param events all that tell of it, oldest first
     */
    record Case(
            long number,
            String agent,
            String label,
            String name,
            boolean known,
            double confidence,
            List<String> drivers,
            String act,
            String state,
            OptionalDouble reward,
            String why,
            long timeNanos,
            List<Event> events) {
        public Case {
            drivers = List.copyOf(drivers);
            events = List.copyOf(events);
        }
    }

    /**
     * What an agent looks like now.
     *
     * @param probabilities of the classes
     * @param measures of the time before
     */
    record Look(
            String agent,
            String label,
            String name,
            boolean known,
            double confidence,
            List<String> drivers,
            SortedMap<String, Double> probabilities,
            SortedMap<String, Double> measures) {
        public Look {
            drivers = List.copyOf(drivers);
            probabilities = new TreeMap<>(probabilities);
            measures = new TreeMap<>(measures);
        }
    }

    /**
     * A script that chooses acts, as it stands.
     *
     * @param label class that it is for; {@code *} where it is for all
     * @param active SHA-256 of the version that acts; empty where none does, and the choice is the built-in one
     * @param trial SHA-256 of the version that is tried, or was taken back last; empty where there is none
     * @param stage of the latter, else of the former: {@code candidate}, {@code shadow}, {@code canary}, {@code active} or {@code reverted}
     * @param reason why it is there
     * @param figures that led there, by name
     * @param asked cases in which it was asked since
     */
    record Script(
            String name,
            String label,
            String active,
            String trial,
            String stage,
            String reason,
            SortedMap<String, Double> figures,
            int asked) {
        public Script {
            figures = new TreeMap<>(figures);
        }
    }

    /**
     * What a way to choose acts would have earned in recorded cases.
     *
     * @param policy {@code what was done}, {@code learned}, {@code restart} or {@code wait}
     * @param reward mean, 0..1, with {@code low} and {@code high}, outside of each of which it is with a probability of 0.05
     * @param matched in how many of the cases just that was done
     * @param effective as how many measured cases they count
     * @param modelled share of the cases for which nothing was measured that could speak for it, 0..1
     */
    record Estimate(
            String policy,
            double reward,
            double low,
            double high,
            int cases,
            int matched,
            double effective,
            double modelled) {}

    /**
     * What came of a way to choose on a clone of an agent in which a failure was made.
     *
     * @param way {@code learned}, {@code wait}, or the name of a script
     * @param hash of the script's version; empty where it is none
     * @param act that was chosen; empty where there was no answer
     * @param reward 0..1; absent where nothing was measured
     */
    record Tried(String way, String hash, String act, OptionalDouble reward, String why) {}

    /**
     * A trial of ways to choose on clones of an agent.
     *
     * @param number of the event that it began with
     * @param label of the class
     * @param fault how the failure was made
     * @param open whether it goes on
     * @param why it came to nothing, or to less than it was meant to; empty where it did not
     */
    record CloneTrial(
            long number,
            String agent,
            String label,
            String fault,
            boolean open,
            List<Tried> tried,
            String why,
            long timeNanos) {
        public CloneTrial {
            tried = List.copyOf(tried);
        }
    }

    Status status();

    /** Scripts that choose acts, by name. */
    List<Script> scripts();

    /** What would have been earned in the recorded cases of a class by what is known now, and by always doing the same. */
    List<Estimate> validate(String label);

    /**
     * Tries each way to choose on a clone of an agent in which a failure of the class is made. Kind CONFLICT where that is not possible, with the
     * reason.
     *
     * @param agent that is cloned; one that may be where it is absent
     * @return number of the trial, which goes on
     */
    long tryOnClone(String label, Optional<String> agent, String actor);

    /** Trials on clones, of one class or of all, the newest first. */
    List<CloneTrial> clones(Optional<String> label);

    /** Begins the trial of the version of a script's file anew. Kind NOT_FOUND for a script that is not there. */
    void trial(String script, String actor);

    /** Lets the version of a script that is tried go to its next stage. Kind CONFLICT where none is tried. */
    void promote(String script, String actor);

    /** Takes the version of a script back that is tried, else the one that acts. Kind CONFLICT where there is none. */
    void revert(String script, String actor);

    /** Those of the model, and those that were opened since, by label. */
    List<Strategy> strategies();

    /** The newest ones first. */
    List<Case> cases(Optional<String> agent, int limit);

    Case get(long number);

    /** Compares the half hour up to now with what is known. Nothing is recorded. */
    Look look(String agent);

    /** Allows or forbids an act against a class. */
    void turn(String label, String act, boolean on, String actor);

    /** Says what is to be expected of an act against a class; what was learned of that act is forgotten. */
    void expect(String label, String act, double reward, String actor);

    /** Gives a class a name. */
    void name(String label, String name, String actor);

    /** Forgets what was learned of a class; of all where it is empty. */
    void reset(String label, String actor);

    /** Does nothing until {@link #resume}; also after a restart. */
    void pause(String reason, String actor);

    void resume(String actor);
}
