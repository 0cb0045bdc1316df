/**
 * Delivery at least once. Between a source and a receiver stands a durable queue; nothing is taken from the source before it is in
 * there, and nothing leaves it before the receiver has acknowledged it.
 *
 * <p>{@link Intake} is the side of the source, {@link Delivery} that of the receiver, {@link DurableQueue} what they share. Either
 * side keeps in a {@link Cell}, a small mapped file that outlives the process, where it stands; together with what is in its private
 * pipe that says after a crash of the daemon exactly which bytes went on. Each side is run by one thread, which owns it.
 */
@NullMarked
package io.stratoswarm.graphops.flow.queue;

import org.jspecify.annotations.NullMarked;
