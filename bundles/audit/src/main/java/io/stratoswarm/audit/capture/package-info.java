/**
 * Captures of state. {@link io.stratoswarm.audit.capture.StopCopy} stops processes for as long as it takes to copy their memory;
 * everything else is done after they run again. What was copied becomes parts, which {@code capture.store} keeps under one Merkle root;
 * {@code capture.elf} makes core files of them. Docs: {@code docs/capture.md}.
 *
 * <p>Nothing that is stopped stays stopped: the tracing thread lets go of everything in every case, and where it cannot, its end does it,
 * and where the daemon is killed, the kernel does it.
 */
@NullMarked
package io.stratoswarm.audit.capture;

import org.jspecify.annotations.NullMarked;
