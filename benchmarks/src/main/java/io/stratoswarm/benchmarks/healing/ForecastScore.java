package io.stratoswarm.benchmarks.healing;

import io.stratoswarm.api.learn.SequenceKernels;
import io.stratoswarm.benchmarks.healing.Recordings.Recording;
import io.stratoswarm.healing.lstm.Reliability;
import io.stratoswarm.healing.lstm.SequenceModel;
import io.stratoswarm.healing.predict.Cause;
import io.stratoswarm.healing.predict.Forecast;
import io.stratoswarm.healing.predict.LstmForecaster;
import io.stratoswarm.healing.predict.Track;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds forecasts against what came. A case <em>alarms</em> at the first step at which the probability is above {@link #ALARM}, and once only.
 * A <em>hit</em> is an alarm of a gradual kind after its onset, at least {@link #LEAD} steps and at most the horizon before its failure; <em>late</em>
 * is one after the onset with less time. All other alarms are <em>false</em>: of a healthy case, before the onset, of a sudden kind, or too far ahead. Recall is
 * hits by gradual cases, precision is hits by alarms, so that one that comes late counts as false as well. The calibration is that of the probability at every
 * step of every case against: a fault of a gradual kind is under way, and the failure follows within the horizon.
 */
final class ForecastScore {
    static final double ALARM = 0.7;
    /** Three minutes. */
    static final int LEAD = 6;

    private static final int BINS = 10;
    private static final Map<String, Cause> CAUSES = Map.of(
            "memory-leak", Cause.MEMORY_LEAK,
            "queue-growth", Cause.MEMORY_LEAK,
            "descriptor-leak", Cause.DESCRIPTOR_LEAK,
            "process-leak", Cause.PROCESS_LEAK,
            "zombie-leak", Cause.PROCESS_LEAK,
            "slow-response", Cause.SLOWING_DOWN,
            "disk-full", Cause.DISK_FILLING);

    private final String what;
    private final Map<String, Kind> kinds = new TreeMap<>();
    private final List<Double> probabilities = new ArrayList<>();
    private final List<Boolean> occurred = new ArrayList<>();
    private final List<Double> offMinutes = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private static final class Kind {
        private boolean gradual;
        private int cases;
        private int hits;
        private int late;
        private int wrong;
        private int causes;
        private final List<Double> leads = new ArrayList<>();
    }

    private static final class Alarm {
        private boolean given;
    }

    ForecastScore(String what) {
        this.what = what;
    }

    void add(SequenceModel model, SequenceKernels kernels, List<Recording> recordings) {
        LstmForecaster forecaster = new LstmForecaster(model, () -> kernels, Courses.STEP_MILLIS);
        for (Recording recording : recordings) {
            Kind kind = kinds.computeIfAbsent(recording.kind(), any -> new Kind());
            kind.gradual = recording.gradual();
            kind.cases++;
            Alarm alarm = new Alarm();
            Courses.walk(recording, 1, 0, (track, ill, left) -> {
                Forecast forecast = forecaster.forecast(List.of(track)).getFirst();
                probabilities.add(forecast.probability());
                occurred.add(ill && left <= Track.STEPS);
                if (forecast.probability() <= ALARM) {
                    return;
                }
                if (ill) {
                    offMinutes.add(Math.abs(forecast.inMillis() / 60_000.0 - left * Courses.STEP_MILLIS / 60_000.0));
                }
                if (!alarm.given) {
                    alarm.given = true;
                    alarm(recording, kind, forecast, ill, left);
                }
            });
            if (recording.gradual() && !alarm.given) {
                notes.add(recording.kind() + " " + recording.seed() + ": no alarm");
            }
        }
    }

    private void alarm(Recording recording, Kind kind, Forecast forecast, boolean ill, double left) {
        boolean right = forecast.cause() == CAUSES.getOrDefault(recording.label(), Cause.OTHER);
        if (ill && left <= Track.STEPS) {
            kind.hits += left >= LEAD ? 1 : 0;
            kind.late += left >= LEAD ? 0 : 1;
            kind.causes += right ? 1 : 0;
            kind.leads.add(left / 2);
        } else {
            kind.wrong++;
        }
        if (!ill || left < LEAD || !right) {
            notes.add(String.format(
                    Locale.ROOT,
                    "%s %d: %s, %.2f, %s (%s)",
                    recording.kind(),
                    recording.seed(),
                    !ill ? "false" : left < LEAD ? "late" : "hit",
                    forecast.probability(),
                    forecast.cause().word(),
                    String.join(", ", forecast.drivers())));
        }
    }

    void print() {
        System.out.printf(
                "%n%s: %d cases%n",
                what, kinds.values().stream().mapToInt(it -> it.cases).sum());
        notes.forEach(it -> System.out.println("  " + it));
        kinds.forEach((name, it) -> System.out.printf(
                Locale.ROOT,
                "  %-18s %2d cases%s, hits %2d, late %2d, false %2d%s%n",
                name,
                it.cases,
                it.gradual ? " (gradual)" : "          ",
                it.hits,
                it.late,
                it.wrong,
                it.leads.isEmpty()
                        ? ""
                        : String.format(Locale.ROOT, ", cause right %2d, lead %.1f min", it.causes, median(it.leads))));
        int gradual = kinds.values().stream()
                .mapToInt(it -> it.gradual ? it.cases : 0)
                .sum();
        int hits = kinds.values().stream().mapToInt(it -> it.hits).sum();
        int late = kinds.values().stream().mapToInt(it -> it.late).sum();
        int wrong = kinds.values().stream().mapToInt(it -> it.wrong).sum();
        int causes = kinds.values().stream().mapToInt(it -> it.causes).sum();
        System.out.printf(
                Locale.ROOT,
                "  precision %.3f (%.3f if late ones are no false alarms), recall %.3f, cause right %.3f%n",
                hits / (double) Math.max(1, hits + late + wrong),
                (hits + late) / (double) Math.max(1, hits + late + wrong),
                hits / (double) Math.max(1, gradual),
                causes / (double) Math.max(1, hits + late));
        System.out.printf(
                Locale.ROOT,
                "  expected time off by %.1f min (median of all steps above %.1f)%n",
                median(offMinutes),
                ALARM);
        double[] stated =
                probabilities.stream().mapToDouble(Double::doubleValue).toArray();
        boolean[] came = new boolean[stated.length];
        for (int i = 0; i < came.length; i++) {
            came[i] = occurred.get(i);
        }
        Reliability reliability = Reliability.of(stated, came, BINS);
        for (Reliability.Bin bin : reliability.bins()) {
            if (bin.count() > 0) {
                System.out.printf(
                        Locale.ROOT, "  probability %.2f, came %.2f (%d)%n", bin.stated(), bin.occurred(), bin.count());
            }
        }
        System.out.printf(
                Locale.ROOT,
                "  expected calibration error %.3f over %d forecasts%n",
                reliability.expectedError(),
                reliability.count());
    }

    private static double median(List<Double> values) {
        return values.isEmpty() ? 0 : values.stream().sorted().toList().get(values.size() / 2);
    }
}
