/**
 * The system calls that a capture needs: ptrace, PAGEMAP_SCAN, process_vm_readv, memory that is not of the Java heap, and calls that a
 * stopped thread of another process is led to make ({@link io.stratoswarm.audit.capture.linux.InjectedCall}). Every call
 * answers as the kernel does, a result or a negated errno; what that means is decided by who calls.
 *
 * <p>All calls of ptrace for one process must be made by one thread, which is the tracer in the kernel's sense: when it ends, the kernel
 * lets go of everything that it had seized, so that nothing stays stopped.
 */
@NullMarked
package io.stratoswarm.audit.capture.linux;

import org.jspecify.annotations.NullMarked;
