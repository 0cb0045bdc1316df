package io.stratoswarm.healing.trial;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a choice would have earned in cases in which something may have been done that it would not have chosen.
 *
 * @param value mean reward
 * @param low below which it is with a probability of 0.05
 * @param high above which it is with a probability of 0.05
 * @param cases how many were looked at
 * @param matched in how many of them just that was done
 * @param effective as how many measured cases they count, by their weights: Kish's effective sample size
 * @param modelled share of the cases for which nothing was measured that could speak for it, 0..1: there a model speaks alone
 */
public record Estimate(
        double value, double low, double high, int cases, int matched, double effective, double modelled) {
    SortedMap<String, Double> figures() {
        SortedMap<String, Double> all = new TreeMap<>();
        all.put("value", value);
        all.put("low", low);
        all.put("high", high);
        all.put("cases", (double) cases);
        all.put("matched", (double) matched);
        all.put("effective", effective);
        all.put("modelled", modelled);
        all.replaceAll((name, number) -> Math.round(number * 1e4) / 1e4);
        return Collections.unmodifiableSortedMap(all);
    }
}
