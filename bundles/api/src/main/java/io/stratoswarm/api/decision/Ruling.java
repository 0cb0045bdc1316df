package io.stratoswarm.api.decision;

/** What rules say to a decision, from the mildest on. */
public enum Ruling {
    /** It may act. */
    ALLOW,
    /** It may act once somebody else has approved it. */
    APPROVE,
    /** It may not act. */
    DENY
}
