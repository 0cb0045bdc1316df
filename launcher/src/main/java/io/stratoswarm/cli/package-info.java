/**
 * The command line. Each run is a short-lived process, and how soon it answers counts: only the command that is used is built,
 * and nothing is loaded that it does not need. Commands that work on files alone use {@code core} from the class path; all
 * others speak HTTP with the daemon. What each exit status means stands in {@link io.stratoswarm.cli.ExitCode} alone.
 */
@NullMarked
package io.stratoswarm.cli;

import org.jspecify.annotations.NullMarked;
