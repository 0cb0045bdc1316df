/**
 * The daemon's side of scripts: files that operators edit, their headers and examples, the version of each that runs, its
 * queue, its traces, and the rules by which one is put into quarantine. What a script is for is known to its
 * {@link io.stratoswarm.api.script.ScriptKind kind} alone, and where it runs to {@link io.stratoswarm.core.worker} alone.
 *
 * <p>The journal is the only memory: which scripts were disabled, and which version of a file was the last good one, is read
 * back from its events; the text of each version is a blob under the hash that the events name.
 */
@NullMarked
package io.stratoswarm.core.script;

import org.jspecify.annotations.NullMarked;
