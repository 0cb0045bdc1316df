/**
 * The journal as a tiled log, C2SP tlog-tiles: checkpoints are signed, each only after it is proved to extend the one before, and
 * tiles are read from the journal's stored nodes when they are asked for. Also writes folders. What is kept:
 *
 * <ul>
 *   <li>{@code keys/log-ID.key}: a signing key, never part of a backup
 *   <li>{@code audit/log/JOURNAL/checkpoint}: the last signed checkpoint, and {@code cosigned}, the newest that a witness cosigned
 *   <li>{@code audit/log/JOURNAL/conflict}: a checkpoint of ours that the journal does not extend, as evidence
 *   <li>events {@code LogKeyIntroduced}, each with a note by which the old key vouches for the new one
 * </ul>
 */
@NullMarked
package io.stratoswarm.audit.publish;

import org.jspecify.annotations.NullMarked;
