package io.stratoswarm.api.script;

/**
 * What is remembered of one call.
 *
 * @param number rises by one with each call of any script since the daemon started
 * @param script its name
 * @param hash of the version that was called
 * @param timeNanos when, since 1970-01-01T00:00Z
 * @param trigger what caused it
 * @param input JSON; cut, with a note, where it is long
 * @param outcome what came of it
 */
public record ScriptTrace(
        long number, String script, String hash, long timeNanos, String trigger, String input, ScriptOutcome outcome) {}
