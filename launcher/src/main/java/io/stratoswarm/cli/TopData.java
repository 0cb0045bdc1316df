package io.stratoswarm.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks the daemon what agents use now. */
final class TopData {
    /** Rates are means over so long; a value that is older is not shown. */
    private static final long WINDOW_MILLIS = 5_000;

    private final Context context;
    private final String selector;

    TopData(Context context, String selector) {
        this.context = context;
        this.selector = selector;
    }

    List<AgentUse> read(Comparator<AgentUse> order) throws Failure, IOException {
        ApiClient daemon = context.daemon();
        String answer = daemon.get(selector.isEmpty() ? "agents" : "agents?selector=" + ApiClient.encode(selector));
        Map<String, AgentUse> byId = new HashMap<>();
        for (Map<String, Object> agent : JsonText.objects(JsonText.object(answer), "agents")) {
            String id = JsonText.text(agent, "id");
            byId.put(id, AgentUse.unknown(id, JsonText.text(agent, "phase"), JsonText.number(agent, "restarts")));
        }
        if (!byId.isEmpty()) {
            rates(byId, "cpu_seconds_total", AgentUse.CPU, 100);
            rates(byId, "storage_read_bytes_total", AgentUse.READ, 1);
            rates(byId, "storage_written_bytes_total", AgentUse.WRITTEN, 1);
            last(byId, "memory_resident_bytes", AgentUse.MEMORY);
            last(byId, "processes", AgentUse.PROCESSES);
            last(byId, "threads", AgentUse.THREADS);
            last(byId, "open_fds", AgentUse.FDS);
        }
        List<AgentUse> all = new ArrayList<>(byId.values());
        all.sort(order);
        return all;
    }

    private List<Map<String, Object>> series(String name) throws Failure, IOException {
        // One agent's own id, or what all that are chosen begin with.
        String subject = selector.isEmpty() ? "*" : selector + "*";
        String answer = context.daemon()
                .get("metrics/query?subject=" + ApiClient.encode(subject) + "&name=" + name + "&step=0&from="
                        + (context.clock().millis() - WINDOW_MILLIS));
        return JsonText.objects(JsonText.object(answer), "series");
    }

    /** Increase a second, all series of the agent summed. */
    private void rates(Map<String, AgentUse> byId, String name, int column, double factor) throws Failure, IOException {
        for (Map<String, Object> series : series(name)) {
            AgentUse use = byId.get(JsonText.text(series, "subject"));
            List<Double> times = numbers(series, "times");
            List<Double> values = numbers(series, "values");
            if (use == null || values.size() < 2) {
                continue;
            }
            double rise = 0;
            for (int i = 1; i < values.size(); i++) {
                // A counter that fell began again at 0 with a new process.
                double step = values.get(i) - values.get(i - 1);
                rise += step >= 0 ? step : values.get(i);
            }
            double rate = factor * rise / ((times.getLast() - times.getFirst()) / 1e3);
            double before = use.values()[column];
            use.values()[column] = Double.isNaN(before) ? rate : before + rate;
        }
    }

    private void last(Map<String, AgentUse> byId, String name, int column) throws Failure, IOException {
        for (Map<String, Object> series : series(name)) {
            AgentUse use = byId.get(JsonText.text(series, "subject"));
            List<Double> values = numbers(series, "values");
            if (use != null && !values.isEmpty()) {
                use.values()[column] = values.getLast();
            }
        }
    }

    private static List<Double> numbers(Map<String, Object> series, String key) {
        List<Double> numbers = new ArrayList<>();
        if (series.get(key) instanceof List<?> list) {
            for (Object item : list) {
                numbers.add(item instanceof Number number ? number.doubleValue() : Double.NaN);
            }
        }
        return numbers;
    }
}
