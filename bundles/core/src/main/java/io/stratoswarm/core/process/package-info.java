/**
 * Processes of agents on this host: keepers, start, exit, output, limits and adoption. Knows nothing of policies, graphs or
 * the journal.
 */
@NullMarked
package io.stratoswarm.core.process;

import org.jspecify.annotations.NullMarked;
