package io.stratoswarm.core.process;

import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.host.HostProbe;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.linux.ProcFs;
import java.nio.file.Path;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Tells {@code stratoswarm doctor} what this host offers to agents. */
@Component(service = HostProbe.class)
public final class HostCapabilities implements HostProbe {
    private final Path data;

    @Activate
    public HostCapabilities(BundleContext context) {
        String folder = context.getProperty(DataFolder.PROPERTY);
        this.data = Path.of(folder == null ? System.getProperty("java.io.tmpdir") : folder);
    }

    @Override
    public List<Capability> probe() {
        return HostFacts.all(ProcFs.host(), data);
    }
}
