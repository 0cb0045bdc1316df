/**
 * Carries records along the flows of graphs.
 *
 * <p>What is in flight is in pipes that outlive the daemon, and how far it came is in a small mapped file for each strand (a flow
 * from one replica of its source). {@code docs/flows.md} says what is exact and why.
 */
@NullMarked
package io.stratoswarm.graphops.flow;

import org.jspecify.annotations.NullMarked;
