package io.stratoswarm.scriptworker;

/** What one call may use. */
record Limits(long wallMillis, long statements, long memoryBytes, int outputBytes) {}
