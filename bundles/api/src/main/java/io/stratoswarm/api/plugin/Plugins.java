package io.stratoswarm.api.plugin;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** What is loaded, what was refused, and why. */
@ProviderType
public interface Plugins {
    List<PluginStatus> list();
}
