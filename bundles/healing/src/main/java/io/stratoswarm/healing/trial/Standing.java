package io.stratoswarm.healing.trial;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * How a script stands. Immutable.
 *
 * @param label class that it is for; {@code *} where it is for all
 * @param active the version that acts; {@link Version#NONE} where none does
 * @param trial the version that is tried, or was found worse last; {@link Version#NONE} where there is none
 * @param before hash of the version that acted before the active one; empty where none did
 * @param off whether the script was disabled or put into quarantine since
 */
public record Standing(
        @JsonProperty("label") String label,
        @JsonProperty("active") Version active,
        @JsonProperty("trial") Version trial,
        @JsonProperty("before") String before,
        @JsonProperty("off") boolean off) {
    static Standing of(String label) {
        return new Standing(label, Version.NONE, Version.NONE, "", false);
    }

    /**
     * One version.
     *
     * @param hash of its text; empty for none
     * @param reason why it is where it is
     * @param figures that led there
     * @param seen cases in which it was asked since, oldest first
     */
    public record Version(
            @JsonProperty("hash") String hash,
            @JsonProperty("stage") Stage stage,
            @JsonProperty("reason") String reason,
            @JsonProperty("figures") SortedMap<String, Double> figures,
            @JsonProperty("seen") List<Seen> seen) {
        static final int MOST_SEEN = 200;
        static final Version NONE = new Version("", Stage.REVERTED, "", Collections.emptySortedMap(), List.of());

        public Version {
            figures = Collections.unmodifiableSortedMap(new TreeMap<>(figures));
            seen = List.copyOf(seen);
        }

        boolean is(String other) {
            return !hash.isEmpty() && hash.equals(other);
        }

        boolean none() {
            return hash.isEmpty();
        }

        Version with(Seen next) {
            List<Seen> all = new ArrayList<>(seen);
            all.removeIf(each -> each.number() == next.number());
            all.add(next);
            return new Version(
                    hash, stage, reason, figures, all.subList(Math.max(0, all.size() - MOST_SEEN), all.size()));
        }

        /** With what became of a case; empty takes it out. */
        Version changed(long number, UnaryOperator<List<Seen>> change) {
            if (seen.stream().noneMatch(each -> each.number() == number)) {
                return this;
            }
            List<Seen> all = new ArrayList<>();
            for (Seen each : seen) {
                all.addAll(each.number() == number ? change.apply(List.of(each)) : List.of(each));
            }
            return new Version(hash, stage, reason, figures, all);
        }

        /** Cases whose reward is known. */
        List<Seen> ended() {
            return seen.stream().filter(each -> !Double.isNaN(each.reward())).toList();
        }
    }

    /**
     * A case in which a version was asked.
     *
     * @param number of the case
     * @param acts whether its choice was what counted
     * @param would what it chose
     * @param without what was chosen without it
     * @param expected reward of that, as it was expected
     * @param failed whether it gave no answer, or a wrong one
     * @param reward of what was done; NaN while it is not known
     */
    public record Seen(
            @JsonProperty("number") long number,
            @JsonProperty("acts") boolean acts,
            @JsonProperty("would") String would,
            @JsonProperty("without") String without,
            @JsonProperty("expected") double expected,
            @JsonProperty("failed") boolean failed,
            @JsonProperty("reward") double reward) {
        boolean differs() {
            return !would.equals(without);
        }

        Seen rewarded(double next) {
            return new Seen(number, acts, would, without, expected, failed, next);
        }
    }

    Standing with(Version nextActive, Version nextTrial, String nextBefore) {
        return new Standing(label, nextActive, nextTrial, nextBefore, off);
    }

    Standing off(boolean next) {
        return new Standing(label, active, trial, before, next);
    }

    Standing changed(UnaryOperator<Version> change) {
        return new Standing(label, change.apply(active), change.apply(trial), before, off);
    }
}
