package io.stratoswarm.core.deploy;

/** Where decisions about bundles are remembered. Calls return once that is durable; they throw where it cannot be. */
interface DeployLedger {
    /** These bytes are about to be loaded. */
    void loaded(String file, String symbolicName, String version, String sha256, int owner);

    void unloaded(String file, String symbolicName, String version, String sha256);

    /** @param sha256 empty where the bytes could not be read */
    void refused(String file, String sha256, String reason);

    /** They were loaded and do not work. */
    void failed(String file, String symbolicName, String version, String sha256, String reason);
}
