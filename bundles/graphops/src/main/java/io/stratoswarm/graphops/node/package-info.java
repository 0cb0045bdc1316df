/**
 * Runs nodes that are no processes, on threads inside of the daemon. What a node has taken in and what it has given out is kept in
 * small mapped files and in pipes of its own, so that a kill of the daemon at any moment neither loses a record nor doubles one.
 * How that is done is told at {@link io.stratoswarm.graphops.node.Outbox} and {@link io.stratoswarm.graphops.node.Inbox}. A crash
 * of the host is another matter: pipes do not survive it.
 */
@NullMarked
package io.stratoswarm.graphops.node;

import org.jspecify.annotations.NullMarked;
