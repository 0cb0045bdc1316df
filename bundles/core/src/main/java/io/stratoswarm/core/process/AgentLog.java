package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.LogLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/** Both streams of one agent's log, merged in the order of time. */
final class AgentLog {
    private final LogReader out;
    private final LogReader err;

    AgentLog(Path folder, String agent) {
        out = new LogReader(folder, agent, "out");
        err = new LogReader(folder, agent, "err");
    }

    /** The last lines, one without an end included. */
    static List<LogLine> last(Path folder, String agent, int lines) {
        AgentLog log = new AgentLog(folder, agent);
        log.out.seekBack(lines);
        log.err.seekBack(lines);
        List<LogLine> all = new ArrayList<>();
        log.out.read(all);
        log.out.readPartial(all);
        log.err.read(all);
        log.err.readPartial(all);
        return newest(all, lines);
    }

    private static List<LogLine> newest(List<LogLine> all, int lines) {
        // The sort is stable: lines of one stream keep their order.
        all.sort(Comparator.comparingLong(LogLine::timeMillis));
        return List.copyOf(all.subList(Math.max(0, all.size() - Math.max(0, lines)), all.size()));
    }

    /** Gives the last lines, then each line as it comes, until the thread is interrupted or the pump stops. */
    void follow(int lines, OutputPump pump, Consumer<LogLine> consumer) {
        out.seekBack(lines);
        err.seekBack(lines);
        long seen = -1;
        boolean first = true;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                seen = pump.awaitChange(seen, 500);
                List<LogLine> fresh = new ArrayList<>();
                out.read(fresh);
                err.read(fresh);
                for (LogLine line : newest(fresh, first ? lines : Integer.MAX_VALUE)) {
                    consumer.accept(line);
                }
                first = false;
                if (pump.closing()) {
                    return;
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }
}
