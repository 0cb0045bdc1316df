/**
 * Calls into the Linux kernel through the foreign-function interface. Everything goes through libc's {@code syscall}, so
 * that one method handle serves all calls and start-up pays for linking once. Knows nothing of agents.
 */
@NullMarked
package io.stratoswarm.core.linux;

import org.jspecify.annotations.NullMarked;
