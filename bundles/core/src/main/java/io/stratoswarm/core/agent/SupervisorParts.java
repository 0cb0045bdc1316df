package io.stratoswarm.core.agent;

import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.core.process.ProcessHost;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * What a supervisor is made of.
 *
 * @param loaded the state after all durable events; owned by the supervisor from now on
 * @param times is told how long probes took
 * @param clock for events and schedules; it may be set at any time
 * @param monotonic nanoseconds for all that is waited for; never set
 * @param zone in which schedules are read
 * @param keepSource stores the text of a manifest and returns its hash
 * @param background for calls of the host that take milliseconds
 */
record SupervisorParts(
        AgentsState loaded,
        Journal journal,
        ProcessHost host,
        Prober prober,
        ProbeTimes times,
        InstantSource clock,
        LongSupplier monotonic,
        RandomGenerator random,
        ZoneId zone,
        UnaryOperator<String> keepSource,
        Executor background) {}
