/**
 * Verifies a journal by code that shares nothing with the one that writes it: its own reader of database files, its own
 * decoder of leaves, its own tree, the JDK's SHA-256. What both would get wrong alike cannot be found otherwise.
 */
@NullMarked
package io.stratoswarm.core.verify;

import org.jspecify.annotations.NullMarked;
