package io.stratoswarm.core.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SampleSettingsTest {
    @Test
    void shouldSampleTwentyTimesASecondAtMost() {
        assertEquals(
                50, SampleSettings.of(Map.of("sample.intervalMillis", "50")).intervalMillis());
        var refused = assertThrows(
                StratoswarmException.class, () -> SampleSettings.of(Map.of("sample.intervalMillis", "49")));
        assertTrue(refused.toString().contains("sample.intervalMillis must be 50 to 3600000"), refused.toString());
    }
}
