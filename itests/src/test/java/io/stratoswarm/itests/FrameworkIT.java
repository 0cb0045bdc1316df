package io.stratoswarm.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

@ExtendWith(DaemonExtension.class)
class FrameworkIT {
    @Test
    void shouldHaveAllBundlesActive(Daemon daemon) {
        List<String> inactive = Stream.of(daemon.context().getBundles())
                .filter(it -> it.getState() != Bundle.ACTIVE)
                .map(it -> it.getSymbolicName() + " in state " + it.getState())
                .toList();
        assertEquals(List.of(), inactive);
        assertTrue(daemon.active("io.stratoswarm.core"));
    }

    @Test
    void shouldHandOutEveryRegisteredService(Daemon daemon) throws Exception {
        // A component that is not public stays registered while getService returns null: nothing else notices. One that
        // is made anew
        // for its configuration, soon after the start, has no bundle any more.
        List<String> empty = new ArrayList<>();
        List<ServiceReference<?>> ours = Stream.of(daemon.context().getAllServiceReferences(null, null))
                .filter(it -> it.getBundle() != null
                        && it.getBundle().getSymbolicName().startsWith("io.stratoswarm."))
                .toList();
        for (ServiceReference<?> reference : ours) {
            Object service = daemon.context().getService(reference);
            if (service == null && reference.getBundle() != null) {
                empty.add(reference + " of " + reference.getBundle());
            }
        }
        assertEquals(List.of(), empty);
        assertTrue(ours.size() > 5, "only " + ours);
    }

    /** Stores are opened on threads of their own, and once more when their configuration comes; what needs them waits meanwhile. */
    @Test
    void shouldLeaveNoComponentOfOursWaitingOrFailed(Daemon daemon) throws Exception {
        Await.until(
                "all are active and no component waits any more",
                20_000,
                () -> daemon.plugins().stream()
                        .allMatch(plugin -> String.valueOf(plugin.get("state")).equals("active")
                                && String.valueOf(plugin.get("reason")).isEmpty()),
                daemon::plugins);
        for (var plugin : daemon.plugins()) {
            assertFalse(String.valueOf(plugin.get("sha256")).isEmpty(), plugin.toString());
        }
    }
}
