/**
 * The daemon's main: prepares the data folder, starts the framework with the platform libraries exported to it, starts the
 * shipped bundles, waits for the end, and, after an upgrade, replaces this process by the new one in place. Holds no logic of
 * the daemon itself.
 */
@NullMarked
package io.stratoswarm.launcher;

import org.jspecify.annotations.NullMarked;
