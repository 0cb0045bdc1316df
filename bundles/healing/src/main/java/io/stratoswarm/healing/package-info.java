/**
 * Heals agents by what it has learned of their failures. What a time before a failure looks like is measured and named
 * ({@code pattern}, {@code classify}), what is done about it is chosen by what helped before ({@code strategy}) or by a script ({@code script}) that
 * was tried first ({@code trial}), and done under a lease on the agent ({@code heal}). Beside that stand models of series ({@code anomaly},
 * {@code lstm}), which nothing here asks yet.
 */
@NullMarked
package io.stratoswarm.healing;

import org.jspecify.annotations.NullMarked;
