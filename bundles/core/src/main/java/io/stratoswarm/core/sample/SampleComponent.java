package io.stratoswarm.core.sample;

import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.host.HostProbe;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.core.process.Footprints;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Measures while the agents and the store of metrics are there; its thread ends with it. */
@Component(
        immediate = true,
        service = HostProbe.class,
        configurationPid = "stratoswarm.metrics",
        configurationPolicy = ConfigurationPolicy.OPTIONAL)
public final class SampleComponent implements HostProbe {
    private final Host host = Host.real();
    private final @Nullable Sampler sampler;
    private final @Nullable SampleLoop loop;

    @Activate
    public SampleComponent(
            @Reference Footprints footprints, @Reference Metrics metrics, Map<String, Object> properties) {
        SampleSettings settings = SampleSettings.of(properties);
        if (!settings.enabled()) {
            sampler = null;
            loop = null;
            return;
        }
        InstantSource clock = InstantSource.system();
        sampler = new Sampler(
                host,
                TaskCounts.ofThisKernel(),
                Descriptors.ofThisProcess(),
                footprints,
                metrics,
                settings,
                clock,
                System::nanoTime);
        loop = new SampleLoop(sampler, settings.intervalMillis(), System::nanoTime);
    }

    @Override
    public List<Capability> probe() {
        return sampler == null
                ? List.of(new Capability(
                        "metrics.sampling", false, "switched off by sample.enabled in stratoswarm.metrics.cfg"))
                : sampler.found().capabilities(host);
    }

    @Deactivate
    void close() {
        if (loop != null) {
            loop.close();
        }
    }
}
