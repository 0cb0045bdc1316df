package io.stratoswarm.core.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.metric.MetricInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void shouldDocumentEveryNameWithItsKindAndUnit() throws IOException {
        Path root = Path.of(System.getProperty("stratoswarm.repository.root", "../.."));
        String document = Files.readString(root.resolve("docs/metrics.md"));
        for (MetricInfo info : Names.all()) {
            String row = "| `" + info.name() + "` | " + info.kind().name().toLowerCase(Locale.ROOT) + " | "
                    + info.unit() + " |";
            assertTrue(document.contains(row), row);
        }
    }

    @Test
    void shouldFollowTheConventions() {
        for (MetricInfo info : Names.all()) {
            assertEquals(info.kind() == MetricInfo.Kind.COUNTER, info.name().endsWith("_total"), info.name());
            String base = info.name().replaceFirst("_total$", "");
            assertTrue(info.unit().isEmpty() || base.endsWith("_" + info.unit()), info.name());
            assertTrue(info.help().endsWith("."), info.name());
        }
    }
}
