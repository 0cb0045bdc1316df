package io.stratoswarm.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.apache.felix.framework.FrameworkFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the framework with the shipped bundles. */
final class Launcher {
    /** Set by a component that cannot let the daemon go on: one line for the operator. */
    static final String FATAL = "stratoswarm.fatal";
    /** Set beside it: one of the statuses in {@link Exit}; else 1. */
    static final String FATAL_CODE = "stratoswarm.fatal.code";
    /** Set before a stop: {@code upgrade} has the launcher replace this process; else it ends. */
    static final String NEXT = "stratoswarm.next";
    /** Set beside it: the distribution to go on with. */
    static final String NEXT_HOME = "stratoswarm.next.home";

    private static final String AGENTS = "io.stratoswarm.api.agent.Agents";
    private static final long ADOPTION_PATIENCE_NANOS = 60_000_000_000L;

    private static final String FILE_INSTALL = "org.apache.felix.fileinstall";

    /**
     * Bundles that others need from the first moment; the rest follows by name. File Install comes before Declarative Services: the
     * configurations that it reads are there when the first component is made, so none is made twice.
     */
    private static final List<String> FIRST = List.of(
            "org.apache.felix.log",
            "org.apache.felix.configadmin",
            FILE_INSTALL,
            "org.apache.felix.scr",
            "io.stratoswarm.api",
            "io.stratoswarm.core");

    /** What File Install watches. */
    static final String FOLDER = "felix.fileinstall.dir";

    private static final Logger LOG = LoggerFactory.getLogger(Launcher.class);

    private final Places places;
    private final Map<String, String> configuration;
    private final Framework framework;

    Launcher(Places places, Map<String, String> settings, String version) throws LaunchException {
        this.places = places;
        this.configuration = configuration(places, settings, version);
        this.framework = new FrameworkFactory().newFramework(configuration);
    }

    @SuppressWarnings({"unchecked", "rawtypes"
    }) // The framework takes objects, here its logger, though its signature says strings.
    static Map<String, String> configuration(Places places, Map<String, String> settings, String version)
            throws LaunchException {
        Map<String, Object> map = new HashMap<>(settings);
        map.put("stratoswarm.version", version);
        map.put("stratoswarm.home", places.home().toString());
        map.put("stratoswarm.data", places.data().toString());
        map.put("stratoswarm.config", places.config().toString());
        map.putIfAbsent("stratoswarm.deploy", places.deploy().toString());
        map.put(FOLDER, places.config().toString());
        map.put(
                "felix.fileinstall.tmpdir",
                places.frameworkStorage().resolve("fileinstall").toString());
        map.put(Constants.FRAMEWORK_STORAGE, places.frameworkStorage().toString());
        map.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, SystemPackages.load());
        map.put("felix.log.logger", new FrameworkLog());
        return (Map) map;
    }

    /**
     * Starts the framework and every shipped bundle; returns once what ran before is adopted and can be asked for.
     *
     * @return how many bundles are active, and how many there are
     */
    Started start() throws LaunchException {
        try {
            framework.init();
            List<Bundle> bundles = install(framework.getBundleContext());
            framework.start();
            for (Bundle bundle : bundles) {
                start(bundle);
            }
            watchStaged();
            awaitAgents();
            long active = bundles.stream()
                    .filter(bundle -> bundle.getState() == Bundle.ACTIVE)
                    .count();
            throwIfFatal();
            return new Started((int) active, bundles.size());
        } catch (BundleException e) {
            throwIfFatal();
            throw new LaunchException(Exit.FAILURE, "the framework cannot start: " + e.getMessage(), e);
        }
    }

    /** How many of the shipped bundles are active, and how many there are. */
    record Started(int active, int all) {}

    private List<Bundle> install(BundleContext context) throws LaunchException, BundleException {
        Path folder = places.home().resolve("bundles");
        List<Path> jars = new ArrayList<>();
        try (var files = Files.newDirectoryStream(folder, "*.jar")) {
            files.forEach(jars::add);
        } catch (IOException e) {
            throw new LaunchException(
                    Exit.CONFIGURATION, "cannot read the bundles in " + folder + ": " + Folders.describe(e), e);
        }
        jars.sort(Comparator.naturalOrder());
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : jars) {
            // By reference: the framework reads the jar where it is and copies nothing.
            bundles.add(context.installBundle("reference:" + jar.toUri()));
        }
        bundles.sort(Comparator.comparingInt((Bundle bundle) -> rank(bundle.getSymbolicName()))
                .thenComparing(Bundle::getSymbolicName));
        return bundles;
    }

    /** Lower starts earlier. */
    static int rank(String symbolicName) {
        int first = FIRST.indexOf(symbolicName);
        return first >= 0 ? first : FIRST.size();
    }

    /**
     * Has File Install load the accepted bundles, which the guard in core has put there by now, and watch for more. It is told as
     * Config Admin would tell it, except that the call returns once they are loaded. The type is in a bundle, hence the reflection.
     */
    private void watchStaged() throws LaunchException {
        Hashtable<String, String> properties = new Hashtable<>();
        configuration.keySet().stream()
                .filter(key -> key.startsWith("felix.fileinstall."))
                .forEach(key -> properties.put(key, configuration.get(key)));
        properties.put(FOLDER, places.staged().toString());
        BundleContext context = framework.getBundleContext();
        String type = "org.osgi.service.cm.ManagedServiceFactory";
        try {
            ServiceReference<?>[] found = context.getServiceReferences(type, "(service.pid=" + FILE_INSTALL + ")");
            if (found == null) {
                throw new LaunchException(Exit.CONFIGURATION, "bundle " + FILE_INSTALL + " offers no " + type);
            }
            Object factory = context.getService(found[0]);
            found[0].getBundle()
                    .loadClass(type)
                    .getMethod("updated", String.class, Dictionary.class)
                    .invoke(factory, "staged", properties);
        } catch (ReflectiveOperationException | InvalidSyntaxException e) {
            throw new LaunchException(
                    Exit.CONFIGURATION, "bundle " + FILE_INSTALL + " cannot watch " + places.staged() + ": " + e, e);
        }
    }

    /** The supervisor starts on a thread of its own, and takes as long as there are agents to adopt. */
    private void awaitAgents() throws LaunchException {
        long end = System.nanoTime() + ADOPTION_PATIENCE_NANOS;
        while (framework.getState() == Bundle.ACTIVE
                && framework.getBundleContext().getServiceReference(AGENTS) == null) {
            throwIfFatal();
            if (System.nanoTime() - end > 0) {
                LOG.warn("agents are not supervised yet; 'stratoswarm status' tells what is missing");
                return;
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void start(Bundle bundle) throws LaunchException {
        if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null) {
            return;
        }
        try {
            bundle.start(Bundle.START_ACTIVATION_POLICY);
        } catch (BundleException | IllegalStateException e) {
            throwIfFatal();
            if (FIRST.contains(bundle.getSymbolicName())) {
                throw new LaunchException(
                        Exit.CONFIGURATION, "bundle " + bundle.getSymbolicName() + " cannot start: " + reason(e), e);
            }
            LOG.error("bundle {} cannot start and is left out: {}", bundle.getSymbolicName(), reason(e), e);
        }
    }

    private static String reason(Exception e) {
        @Nullable Throwable cause = e.getCause();
        return cause == null ? String.valueOf(e.getMessage()) : e.getMessage() + " (" + cause + ")";
    }

    /** What a component found that makes going on impossible. */
    static void throwIfFatal() throws LaunchException {
        @Nullable String message = System.getProperty(FATAL);
        if (message == null) {
            return;
        }
        int code = Integer.getInteger(FATAL_CODE, Exit.FAILURE.code());
        for (Exit exit : Exit.values()) {
            if (exit.code() == code) {
                throw new LaunchException(exit, message);
            }
        }
        throw new LaunchException(Exit.FAILURE, message);
    }

    /** Returns once the framework has stopped, whoever asked for it. */
    void await() throws InterruptedException {
        framework.waitForStop(0);
    }

    /** Stops all bundles in reverse order of their start; agents keep running. */
    void stop(long timeoutMillis) throws InterruptedException {
        try {
            framework.stop();
            if (framework.waitForStop(timeoutMillis).getType() == FrameworkEvent.WAIT_TIMEDOUT) {
                LOG.warn("bundles did not stop within {} ms; ending without them", timeoutMillis);
            }
        } catch (BundleException e) {
            LOG.error("the framework did not stop cleanly", e);
        }
    }
}
