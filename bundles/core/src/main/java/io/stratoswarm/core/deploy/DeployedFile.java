package io.stratoswarm.core.deploy;

import java.util.Optional;

/**
 * A file of the watched folder and what was decided about it.
 *
 * @param file its name
 * @param sha256 hash of the bytes that the decision is about; empty where they could not be read
 * @param refusal why they are not loaded; empty where they are
 * @param loaded the bundle of this file that is handed to the framework: these bytes, or, where these were refused, the last
 *     good ones
 */
record DeployedFile(String file, String sha256, Optional<String> refusal, Optional<Loaded> loaded) {

    /**
     * @param shipped whether it stands in for a bundle of the distribution
     * @param fragment whether it only extends another bundle and is never started
     */
    record Loaded(String symbolicName, String version, String sha256, boolean shipped, boolean fragment) {}
}
