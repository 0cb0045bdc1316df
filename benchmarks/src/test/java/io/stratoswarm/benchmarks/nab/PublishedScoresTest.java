package io.stratoswarm.benchmarks.nab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stratoswarm.benchmarks.nab.NabCorpus.DataFile;
import io.stratoswarm.benchmarks.nab.NabScore.Counts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The corpus' own detector "windowedGaussian", made again from its description, must get from this scorer what the corpus' repository
 * published for it, file by file (results/windowedGaussian/windowedGaussian_standard_scores.csv, threshold 1.0).
 */
class PublishedScoresTest {
    private static final int WINDOW = 6_400;
    /** From so many deviations on 1 - erfc(z / 1.4142) / 2 is 1 with the twelve digits of the published results. */
    private static final double DEVIATIONS_OF_ONE = 7.130441510961507;

    private record Published(
            double score, int truePositives, int trueNegatives, int falsePositives, int falseNegatives) {}

    private static Map<String, Published> published() {
        Map<String, Published> scores = new LinkedHashMap<>();
        scores.put("artificialNoAnomaly/art_noisy.csv", new Published(0, 0, 3428, 0, 0));
        scores.put(
                "artificialWithAnomaly/art_load_balancer_spikes.csv",
                new Published(-0.6924446095227346, 18, 3010, 15, 385));
        scores.put(
                "realAWSCloudwatch/ec2_cpu_utilization_24ae8d.csv",
                new Published(-1.266678759349383, 2, 3015, 11, 400));
        scores.put(
                "realAWSCloudwatch/ec2_cpu_utilization_53ea38.csv",
                new Published(-0.14142319611668508, 2, 3023, 3, 400));
        scores.put(
                "realAWSCloudwatch/ec2_cpu_utilization_ac20cd.csv",
                new Published(0.8606718242697022, 25, 3025, 0, 378));
        scores.put("realAWSCloudwatch/ec2_cpu_utilization_c6585a.csv", new Published(-1.32, 0, 3416, 12, 0));
        scores.put(
                "realAWSCloudwatch/ec2_cpu_utilization_fe7f93.csv", new Published(0.6387577917723906, 6, 3022, 1, 399));
        scores.put(
                "realAWSCloudwatch/ec2_disk_write_bytes_1ef3de.csv",
                new Published(-4.190896785522053, 9, 3500, 48, 464));
        scores.put(
                "realAWSCloudwatch/ec2_disk_write_bytes_c0d644.csv",
                new Published(-1.0959985303155564, 13, 3004, 19, 392));
        scores.put(
                "realAWSCloudwatch/ec2_network_in_5abac7.csv", new Published(-3.5219322351911635, 19, 3497, 50, 455));
        scores.put("realAWSCloudwatch/grok_asg_anomaly.csv", new Published(-1.247930964293478, 1, 3462, 1, 464));
        scores.put(
                "realAWSCloudwatch/rds_cpu_utilization_cc0c53.csv",
                new Published(-0.13844919792440225, 50, 3026, 0, 352));
        scores.put("realAdExchange/exchange-3_cpc_results.csv", new Published(2.5026632611866138, 5, 1154, 1, 148));
        scores.put("realAdExchange/exchange-4_cpc_results.csv", new Published(0.2922884634276035, 3, 1228, 4, 162));
        scores.put("realAdExchange/exchange-4_cpm_results.csv", new Published(1.274710362684976, 4, 1230, 3, 160));
        scores.put("realTraffic/TravelTime_387.csv", new Published(-1.7959813307852819, 1, 1870, 6, 248));
        scores.put("realTraffic/occupancy_t4013.csv", new Published(1.725221520228401, 3, 1875, 0, 247));
        scores.put("realTraffic/speed_7578.csv", new Published(-4, 0, 842, 0, 116));
        return scores;
    }

    @Test
    void shouldAgreeWithPublishedScoresOfWindowedGaussian() {
        Path folder =
                Path.of(System.getProperty("stratoswarm.repository.root", "..")).resolve("../shared/data/nab");
        assumeTrue(Files.isDirectory(folder), folder + " is not there");
        NabCorpus corpus = new NabCorpus(folder);
        published().forEach((name, expected) -> {
            DataFile file = corpus.read(name);
            NabSeries series = new NabSeries(
                    name, gaussian(file.numbers()), corpus.windows(file).orElseThrow());
            Counts counts = NabScore.at(List.of(series), NabProfile.STANDARD, 1.0);
            assertEquals(expected.truePositives(), counts.truePositives(), name);
            assertEquals(expected.trueNegatives(), counts.trueNegatives(), name);
            assertEquals(expected.falsePositives(), counts.falsePositives(), name);
            assertEquals(expected.falseNegatives(), counts.falseNegatives(), name);
            assertEquals(expected.score(), counts.score(), 1e-9, name);
        });
    }

    /** 1 where the corpus' detector says 1, else 0: a value above the mean of the last 6,400 by so many deviations. */
    private static double[] gaussian(double[] values) {
        double[] scores = new double[values.length];
        for (int row = 1; row < values.length; row++) {
            int from = Math.max(0, row - WINDOW);
            double mean = 0;
            for (int i = from; i < row; i++) {
                mean += values[i];
            }
            mean /= row - from;
            double squares = 0;
            for (int i = from; i < row; i++) {
                squares += (values[i] - mean) * (values[i] - mean);
            }
            double deviation = Math.sqrt(squares / (row - from));
            scores[row] = (values[row] - mean) / (deviation == 0 ? 0.000001 : deviation) >= DEVIATIONS_OF_ONE ? 1 : 0;
        }
        return scores;
    }
}
