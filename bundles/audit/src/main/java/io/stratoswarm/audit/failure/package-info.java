/**
 * Why an agent failed. {@link io.stratoswarm.audit.failure.FailureSearch} is the way in.
 *
 * <p>Factors are of two sorts: what happened (events of the window, among them the recorded causes of the failure) and what changed (a
 * change point in a metric of an agent or of the host). Changes are found by ranks ({@link io.stratoswarm.audit.failure.ChangePoint}), and so
 * no single outlier fools the search; how large one is is told by a robust z, the shift of the median in units of the median absolute
 * deviation. Where several are significant, the one that
 * began first along the edges of flows and dependencies that lead to the agent is ranked above those that follow from it.
 */
@NullMarked
package io.stratoswarm.audit.failure;

import org.jspecify.annotations.NullMarked;
