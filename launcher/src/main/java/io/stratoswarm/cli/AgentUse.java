package io.stratoswarm.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one agent uses.
 *
 * @param values by column; NaN where the host does not tell, or where the agent does not run
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and never handed on.
record AgentUse(String id, String phase, long restarts, double[] values) {
    static final int CPU = 0;
    static final int MEMORY = 1;
    static final int READ = 2;
    static final int WRITTEN = 3;
    static final int PROCESSES = 4;
    static final int THREADS = 5;
    static final int FDS = 6;
    static final int COLUMNS = 7;

    private static final String[] NAMES = {
        "cpuPercent", "residentBytes", "readBytesPerSecond", "writtenBytesPerSecond", "processes", "threads", "openFds"
    };

    static AgentUse unknown(String id, String phase, long restarts) {
        double[] values = new double[COLUMNS];
        Arrays.fill(values, Double.NaN);
        return new AgentUse(id, phase, restarts, values);
    }

    double value(int column) {
        return values[column];
    }

    /** For sorting; what is not known counts as less than nothing. */
    double inputAndOutput() {
        double sum = values[READ] + values[WRITTEN];
        return Double.isNaN(sum) ? -1 : sum;
    }

    /** For JSON; what is not known is left out. */
    Map<String, Object> shape() {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("id", id);
        shape.put("phase", phase);
        for (int i = 0; i < COLUMNS; i++) {
            if (!Double.isNaN(values[i])) {
                shape.put(NAMES[i], plain(values[i]));
            }
        }
        shape.put("restarts", restarts);
        return shape;
    }

    private static Object plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? (Object) (long) value : (Object) value;
    }
}
