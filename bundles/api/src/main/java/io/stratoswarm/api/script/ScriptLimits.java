package io.stratoswarm.api.script;

/**
 * What one call of a script may use. A breach ends the call, and where nothing less helps the worker process.
 *
 * @param wallMillis 1..60,000
 * @param statements 1,000..1,000,000,000
 * @param memoryBytes what the script may hold and what one call may allocate at once, 1 MiB..1 GiB
 * @param outputBytes size of the output and, apart from it, of the log lines, as UTF-8 JSON, 1..16 MiB
 * @param queue calls that may wait, 1..100,000; a further one is refused
 */
public record ScriptLimits(long wallMillis, long statements, long memoryBytes, int outputBytes, int queue) {
    public static final ScriptLimits DEFAULT = new ScriptLimits(1_000, 10_000_000, 64L << 20, 1 << 20, 1_000);

    public ScriptLimits {
        require(wallMillis, 1, 60_000, "wallMillis");
        require(statements, 1_000, 1_000_000_000, "statements");
        require(memoryBytes, 1 << 20, 1 << 30, "memoryBytes");
        require(outputBytes, 1, 16 << 20, "outputBytes");
        require(queue, 1, 100_000, "queue");
    }

    private static void require(long value, long min, long max, String name) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + ".." + max + ": " + value);
        }
    }
}
