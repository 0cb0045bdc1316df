package io.stratoswarm.api.host;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Contributes to {@code stratoswarm doctor}. Register it as an OSGi service. Must end within two seconds. */
@ConsumerType
public interface HostProbe {
    List<Capability> probe();
}
