package io.stratoswarm.healing.trial;

/**
 * How a version of a script is tried.
 *
 * @param shadowCases so many cases it is only watched
 * @param canaryCases so many in which it acts must have ended before it may act always
 * @param canaryShare of all cases, 0..1
 * @param margin by which it may be worse than what was done before, 0..1
 * @param goesOn whether a version that recorded cases say nothing about acts in the canary's share all the same
 * @param patienceMillis for which scripts are waited for in a case
 */
public record TrialRules(
        int shadowCases, int canaryCases, double canaryShare, double margin, boolean goesOn, long patienceMillis) {
    public static final TrialRules DEFAULT = new TrialRules(20, 10, 0.25, 0.05, false, 2_000);
}
