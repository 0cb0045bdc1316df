/**
 * Signed notes (C2SP signed-note), the checkpoints of a log in them (C2SP tlog-checkpoint), and cosignatures of witnesses (C2SP
 * tlog-cosignature, the Ed25519 kind). Pure: bytes in, bytes out. Only Ed25519 is known; signatures of other kinds are kept and
 * passed on, and prove nothing here.
 */
@NullMarked
package io.stratoswarm.audit.note;

import org.jspecify.annotations.NullMarked;
