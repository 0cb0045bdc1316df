package io.stratoswarm.console;

import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Time and chance.
 *
 * @param nanos a clock that nobody sets, for what is waited for and counted a second
 * @param random fit for secrets
 */
record Surroundings(InstantSource clock, LongSupplier nanos, RandomGenerator random) {}
