/**
 * The process that runs scripts of one language for one purpose. It is started by the daemon with a pipe as its standard input and
 * one as its standard output, over which frames go; it ends when its input ends, so that it never outlives the daemon.
 *
 * <h2>Wire protocol, version 1</h2>
 *
 * A frame is {@code u32 length}, {@code u8 type} and {@code length - 1} bytes; all numbers are big-endian; a text is {@code u32 length}
 * and that many bytes of UTF-8; a list is {@code u32 count} and its entries.
 *
 * <p>To the worker:
 *
 * <ul>
 *   <li>1 LOAD: u32 script, text name, text file, text function, u8 batch, u64 wallMillis, u64 statements, u64 memoryBytes, u32
 *       outputBytes, text source
 *   <li>2 CALL: u32 script, u64 call, list of text: JSON inputs
 *   <li>3 UNLOAD: u32 script
 * </ul>
 *
 * From the worker:
 *
 * <ul>
 *   <li>1 READY: u8 version, u8 optimised, text: names and versions of the runtime; the first frame of all
 *   <li>2 LOADED: u32 script, u8 status (0 loaded, 1 rejected), u32 line, u32 column, text message
 *   <li>3 RESULT: u64 call, u32 first, list of outcomes; those of one call come in order, in one frame or in several
 *   <li>4 ALIVE: list of u32 script, u64 call (0: it is being loaded), u32 input, u64 nanoseconds that it has run; about every 100 ms
 *       while something runs
 *   <li>5 DOOMED: u32 script, u64 call, u32 input, text reason: the guest does not end, and the worker ends itself
 * </ul>
 *
 * An outcome is u8 status, u64 nanoseconds, text output where the status is 0; else text error, list of text stack; and, in
 * both cases, list of text log. Status: 0 OK, 1 THREW, 2 BREACHED.
 */
@NullMarked
package io.stratoswarm.scriptworker;

import org.jspecify.annotations.NullMarked;
