package io.stratoswarm.api.script;

import org.osgi.annotation.versioning.ProviderType;

/** An earlier version of a script that was loaded on request. */
@ProviderType
public interface KeptScript extends LoadedScript, AutoCloseable {
    /** Calls are refused from now on. */
    @Override
    void close();
}
