/**
 * Pipes of the kernel: those of agents' channels, those that flows keep, and the process that holds all of them open. Knows
 * nothing of records, flows or graphs.
 */
@NullMarked
package io.stratoswarm.core.pipe;

import org.jspecify.annotations.NullMarked;
