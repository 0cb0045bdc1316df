package io.stratoswarm.healing.prevent;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * How often what came of predictions.
 *
 * @param counts by outcome, in the order of {@link Outcome}
 * @param leads the last leads, oldest first, in milliseconds
 * @param bins by tenths of the probability, of those alone that nothing was done about
 */
record Tally(
        @JsonProperty("counts") List<Long> counts,
        @JsonProperty("missed") long missed,
        @JsonProperty("leads") List<Long> leads,
        @JsonProperty("bins") List<Bin> bins) {
    static final int BINS = 10;
    private static final int MOST_LEADS = 200;

    static final Tally NOTHING = new Tally(
            Collections.nCopies(Outcome.values().length, 0L), 0, List.of(), Collections.nCopies(BINS, Bin.NOTHING));

    Tally {
        counts = List.copyOf(counts);
        leads = List.copyOf(leads);
        bins = List.copyOf(bins);
    }

    /** Predictions of about one probability. @param sum of their probabilities @param failed how many failed */
    record Bin(
            @JsonProperty("count") long count,
            @JsonProperty("sum") double sum,
            @JsonProperty("failed") long failed) {
        static final Bin NOTHING = new Bin(0, 0, 0);
    }

    long count(Outcome outcome) {
        return counts.get(outcome.ordinal());
    }

    Tally miss() {
        return new Tally(counts, missed + 1, leads, bins);
    }

    /** @param leadMillis negative where it did not fail */
    Tally and(Outcome outcome, double probability, long leadMillis) {
        List<Long> nextCounts = new ArrayList<>(counts);
        nextCounts.set(outcome.ordinal(), count(outcome) + 1);
        List<Long> nextLeads = new ArrayList<>(leads);
        if (leadMillis >= 0) {
            nextLeads.add(leadMillis);
        }
        List<Bin> nextBins = new ArrayList<>(bins);
        if (outcome == Outcome.HIT || outcome == Outcome.FALSE_ALARM) {
            int at = Math.clamp((int) (probability * BINS), 0, BINS - 1);
            Bin bin = bins.get(at);
            nextBins.set(
                    at,
                    new Bin(bin.count() + 1, bin.sum() + probability, bin.failed() + (outcome == Outcome.HIT ? 1 : 0)));
        }
        return new Tally(
                nextCounts,
                missed,
                nextLeads.subList(Math.max(0, nextLeads.size() - MOST_LEADS), nextLeads.size()),
                nextBins);
    }

    OptionalLong medianLead() {
        List<Long> sorted = leads.stream().sorted().toList();
        return sorted.isEmpty() ? OptionalLong.empty() : OptionalLong.of(sorted.get(sorted.size() / 2));
    }
}
