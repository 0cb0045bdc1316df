package io.stratoswarm.core.daemon;

import io.stratoswarm.api.StratoswarmException;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a daemon that cannot do its work: leaves the reason and an exit status in system properties for the launcher, which shares
 * no class with a bundle, and stops the framework. A daemon that ran on without its journal or its agents would look well and do
 * nothing.
 */
public final class FatalFailure {
    /** One line for the operator. */
    public static final String REASON = "stratoswarm.fatal";
    /** Exit status for the launcher; those of sysexits.h, as 'stratoswarm daemon --help' lists them. */
    public static final String CODE = "stratoswarm.fatal.code";

    private static final Logger LOG = LoggerFactory.getLogger(FatalFailure.class);

    private FatalFailure() {}

    /** @param what could not be done, for example "cannot open the data folder" */
    public static void stop(BundleContext context, String what, Throwable cause) {
        String message = cause instanceof StratoswarmException ? cause.getMessage() : cause.toString();
        LOG.error("{}: {}", what, message, cause);
        System.setProperty(CODE, Integer.toString(exitCode(cause)));
        System.setProperty(REASON, String.valueOf(message));
        try {
            context.getBundle(0).stop();
        } catch (BundleException e) {
            LOG.error("cannot stop the framework: {}", e.toString(), e);
        }
    }

    private static int exitCode(Throwable cause) {
        if (!(cause instanceof StratoswarmException known)) {
            return 1;
        }
        return switch (known.kind()) {
            case CONFLICT -> 75;
            case DAMAGED -> 65;
            case FULL, SYSTEM, FORBIDDEN -> 73;
            case INVALID, NOT_FOUND, GONE -> 78;
            case UNAVAILABLE, TIMEOUT -> 69;
        };
    }
}
