package io.stratoswarm.api.plugin;

/**
 * One bundle of the system, or one file of the watched folder.
 *
 * @param file name of the file; empty for bundles that came with the distribution
 * @param symbolicName bundle symbolic name, empty where the file could not be read
 * @param version bundle version, empty where unknown
 * @param state active, installed, resolved, starting, stopping, refused or failed
 * @param reason one line: why it is in this state
 * @param sha256 hash of the bytes that were loaded or refused, lower-case hexadecimal; empty where not known
 */
public record PluginStatus(
        String file, String symbolicName, String version, String state, String reason, String sha256) {}
