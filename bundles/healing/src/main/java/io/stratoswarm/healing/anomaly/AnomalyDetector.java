package io.stratoswarm.healing.anomaly;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.nio.ByteBuffer;

/**
 * Says of each value of one series, as it comes, how unusual it is in the light of the earlier ones. {@link Experts} tell how far the value is
 * from what they expected, a {@link Tail} of each how improbable such a distance is, and the evidence is the mean of minus the logarithms of
 * these probabilities: the statistic of Fisher's way to combine tests (1932), here without its distribution, since the experts are not
 * independent. One that sees nothing thus takes from the others' evidence, and what several see at once stands out.
 *
 * <p>Samples may be irregular; no clock is read and no chance used. One thread at a time.
 */
public final class AnomalyDetector {
    /** A threshold for {@link #score} that serves many kinds of series; with it the detector does best on the Numenta corpus. */
    public static final double ALARM = 0.85;

    private static final byte FORMAT = 1;

    /** The bytes of a saved state, and nearly all that a detector needs in memory. */
    public static final int SAVED_BYTES = Byte.BYTES + 3 * Double.BYTES + Experts.BYTES + Experts.COUNT * Tail.BYTES;

    /** What is greater overflows in single precision when it is squared or summed. */
    private static final double GREATEST = 1e30;
    /** What is anomalous is said once: a new alarm within so many samples must stand above the one before, the less so the longer ago that was. */
    private static final double REST_SAMPLES = 150;

    private static final double ABOVE = 1.1;
    private static final double ABOVE_AT_LEAST = 0.03;
    /**
     * The longer a series is watched, the more evidence it takes, since there were as many chances to be wrong: half of what a budget of false
     * alarms that grows with the logarithm of time would ask (alpha spending; Javanmard and Montanari, 2018).
     */
    private static final double SPENDING = 0.5;

    private static final double UNSPENT_SAMPLES = 960;

    private final Experts experts = new Experts();
    private final Tail[] tails = new Tail[Experts.COUNT];
    private final double[] distances = new double[Experts.COUNT];
    /** The first value, from which all are counted, so that a large constant part does not cost precision. */
    private double origin;

    private double held;
    private double evidence;

    public AnomalyDetector() {
        for (int i = 0; i < tails.length; i++) {
            tails[i] = new Tail();
        }
    }

    /**
     * Scores a value and learns it.
     *
     * @param timeMillis when it was taken, in milliseconds since 1970
     * @param value NaN and infinities are passed over and get 0
     * @return 0 to 1: one less a mean of probabilities that the value is as the earlier ones were, 0 where an alarm shortly before said it
     *     already; an event thus shows at its beginning, and again where it gets worse
     */
    public double score(long timeMillis, double value) {
        if (!Double.isFinite(value)) {
            return 0;
        }
        double within = Math.clamp(value, -GREATEST, GREATEST);
        if (experts.samples() == 0) {
            origin = within;
        }
        evidence = evidence(timeMillis, within - origin);
        boolean said = evidence <= held * ABOVE + ABOVE_AT_LEAST;
        held = Math.max(held * (1 - 1 / REST_SAMPLES), evidence);
        return said ? 0 : probability(evidence);
    }

    /** How unusual the last value was, 0 to 1, whether said before or not: what {@link #score} is without its rest after an alarm. */
    public double surprise() {
        return probability(evidence);
    }

    /** How many values were learnt. */
    public long samples() {
        return experts.samples();
    }

    private double evidence(long timeMillis, double value) {
        experts.distances(timeMillis, value, distances);
        double sum = 0;
        int known = 0;
        for (int i = 0; i < distances.length; i++) {
            if (!Double.isNaN(distances[i])) {
                sum += tails[i].evidence(distances[i]);
                tails[i].add(distances[i]);
                known++;
            }
        }
        double spent = SPENDING * Math.log10(Math.max(1, experts.samples() / UNSPENT_SAMPLES));
        return Math.max(0, sum / known - spent);
    }

    private static double probability(double evidence) {
        return 1 - Math.pow(10, -evidence);
    }

    /** The whole state, from which {@link #restore} makes a detector that goes on exactly as this one would. */
    public byte[] save() {
        ByteBuffer to = ByteBuffer.allocate(SAVED_BYTES);
        to.put(FORMAT).putDouble(origin).putDouble(held).putDouble(evidence);
        experts.save(to);
        for (Tail tail : tails) {
            tail.save(to);
        }
        return to.array();
    }

    /** The detector whose state was saved; fails with {@link Kind#DAMAGED} where the bytes are not such a state. */
    public static AnomalyDetector restore(byte[] saved) {
        if (saved.length != SAVED_BYTES || saved[0] != FORMAT) {
            throw new StratoswarmException(
                    Kind.DAMAGED,
                    "not the saved state of an anomaly detector of this version (" + saved.length + " bytes instead of "
                            + SAVED_BYTES + ", or another format); drop it, and the detector learns the series anew");
        }
        ByteBuffer from = ByteBuffer.wrap(saved, 1, saved.length - 1);
        AnomalyDetector detector = new AnomalyDetector();
        detector.origin = from.getDouble();
        detector.held = from.getDouble();
        detector.evidence = from.getDouble();
        Saved.check(Double.isFinite(detector.origin) && detector.held >= 0 && detector.evidence >= 0);
        detector.experts.restore(from);
        for (Tail tail : detector.tails) {
            tail.restore(from);
        }
        return detector;
    }
}
