package io.stratoswarm.console;

/** Answers one route. Runs on a virtual thread and may block. */
@FunctionalInterface
interface Handler {
    Reply handle(Request request) throws Exception;
}
