/**
 * Heals agents by what it has learned of their failures. What a time before a failure looks like is measured and named
 * ({@code pattern}, {@code anomaly}), what is done about it is chosen by what helped before ({@code strategy}), and done under a lease on the
 * agent ({@code heal}). What is about to fail is told beforehand ({@code predict}).
 */
@NullMarked
package io.stratoswarm.healing;

import org.jspecify.annotations.NullMarked;
