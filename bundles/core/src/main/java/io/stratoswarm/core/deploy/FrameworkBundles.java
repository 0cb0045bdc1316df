package io.stratoswarm.core.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.FrameworkWiring;

/** The bundles that were there when the daemon started, before anything of the watched folder was loaded. */
final class FrameworkBundles implements ShippedBundles {
    private static final String OURS = "io.stratoswarm.";
    private static final Set<String> FIXED = Set.of(OURS + "api", OURS + "core");

    private final BundleContext context;
    private final Map<String, Bundle> shipped = new LinkedHashMap<>();

    FrameworkBundles(BundleContext context) {
        this.context = context;
        for (Bundle bundle : context.getBundles()) {
            shipped.put(bundle.getSymbolicName(), bundle);
        }
    }

    List<Bundle> all() {
        return shipped.values().stream().filter(it -> it.getBundleId() != 0).toList();
    }

    /** The bundle that File Install made of a staged file, once it has. */
    @Nullable
    Bundle installed(Path staged) {
        return context.getBundle(staged.toFile().toURI().normalize().toString());
    }

    @Nullable
    Bundle shipped(String symbolicName) {
        return shipped.get(symbolicName);
    }

    @Override
    public boolean contains(String symbolicName) {
        return shipped.containsKey(symbolicName);
    }

    @Override
    public boolean hot(String symbolicName) {
        return symbolicName.startsWith(OURS) && !FIXED.contains(symbolicName);
    }

    @Override
    public void replace(String symbolicName, Path jar) throws IOException {
        try (InputStream bytes = Files.newInputStream(jar)) {
            Bundle bundle = get(symbolicName);
            bundle.update(bytes);
            refresh(bundle);
        } catch (BundleException e) {
            throw new IOException("bundle " + symbolicName + " cannot be replaced: " + e.getMessage(), e);
        }
    }

    @Override
    public void restore(String symbolicName) throws IOException {
        try {
            Bundle bundle = get(symbolicName);
            bundle.update();
            refresh(bundle);
            if (bundle.getState() != Bundle.ACTIVE) {
                bundle.start(Bundle.START_ACTIVATION_POLICY);
            }
        } catch (BundleException e) {
            throw new IOException("bundle " + symbolicName + " cannot be restored: " + e.getMessage(), e);
        }
    }

    private Bundle get(String symbolicName) {
        Bundle bundle = shipped.get(symbolicName);
        if (bundle == null) {
            throw new IllegalArgumentException("no shipped bundle " + symbolicName);
        }
        return bundle;
    }

    /** Drops the old classes; without it they would stay wired to whoever used them. */
    private void refresh(Bundle bundle) {
        context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                .adapt(FrameworkWiring.class)
                .refreshBundles(List.of(bundle));
    }
}
