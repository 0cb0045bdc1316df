/**
 * Verifies a published log, from its folder alone, by code that shares nothing with the code that wrote it: its own reader of notes,
 * its own paths, its own tree and decoder of leaves, SHA-256 and Ed25519 of the JDK. What both would get wrong alike cannot be found
 * otherwise; a test holds that nothing of the writer is imported.
 */
@NullMarked
package io.stratoswarm.audit.verify;

import org.jspecify.annotations.NullMarked;
