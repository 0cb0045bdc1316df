package io.stratoswarm.core.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** Says of an installed bundle how it is, and, where it does not work, why, in words an operator can act on. */
final class BundleHealth {
    private static final Pattern PACKAGE = Pattern.compile("\\(osgi\\.wiring\\.package=([^)]+)\\)");
    private static final Pattern AT_LEAST = Pattern.compile("(?<!\\(!)\\(version>=([^)]+)\\)");
    private static final Pattern BELOW = Pattern.compile("\\(!\\(version>=([^)]+)\\)\\)");

    private final BundleContext context;
    private final ServiceComponentRuntime components;

    BundleHealth(BundleContext context, ServiceComponentRuntime components) {
        this.context = context;
        this.components = components;
    }

    /**
     * How a bundle is.
     *
     * @param state as in {@link io.stratoswarm.api.plugin.PluginStatus}
     * @param reason one line, may be empty where all is well
     */
    record Health(String state, String reason) {
        boolean failed() {
            return state.equals("failed");
        }
    }

    Health of(Bundle bundle) {
        return switch (bundle.getState()) {
            case Bundle.ACTIVE -> ofComponents(bundle);
            case Bundle.STARTING -> new Health("starting", "starts when one of its classes is first used");
            case Bundle.STOPPING -> new Health("stopping", "");
            case Bundle.RESOLVED ->
                isFragment(bundle)
                        ? new Health("resolved", "a fragment; it extends its host")
                        : new Health("resolved", "not started");
            case Bundle.INSTALLED -> {
                Optional<String> missing = missing(bundle);
                yield missing.map(reason -> new Health("failed", reason))
                        .orElse(new Health("installed", "not resolved yet"));
            }
            default -> new Health("uninstalled", "");
        };
    }

    static boolean isFragment(Bundle bundle) {
        return bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null;
    }

    private Health ofComponents(Bundle bundle) {
        List<String> waiting = new ArrayList<>();
        for (ComponentDescriptionDTO description : components.getComponentDescriptionDTOs(bundle)) {
            for (ComponentConfigurationDTO configuration : components.getComponentConfigurationDTOs(description)) {
                if (configuration.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
                    return new Health(
                            "failed", "component " + description.name + " failed: " + firstLine(configuration.failure));
                }
                for (UnsatisfiedReferenceDTO reference : configuration.unsatisfiedReferences) {
                    waiting.add(
                            "component " + description.name + " waits for " + interfaceOf(description, reference.name));
                }
            }
        }
        return new Health("active", String.join("; ", waiting));
    }

    private static String interfaceOf(ComponentDescriptionDTO description, String reference) {
        for (var declared : description.references) {
            if (declared.name.equals(reference)) {
                return "service " + declared.interfaceName;
            }
        }
        return "reference " + reference;
    }

    private static String firstLine(String failure) {
        return failure == null
                ? "for an unknown reason"
                : failure.lines().findFirst().orElse("").strip();
    }

    /** The requirements that nothing installed can satisfy. */
    private Optional<String> missing(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        FrameworkWiring wiring =
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
        List<String> missing = new ArrayList<>();
        for (BundleRequirement requirement : revision.getDeclaredRequirements(null)) {
            boolean optional = "optional".equals(requirement.getDirectives().get(Constants.RESOLUTION_DIRECTIVE));
            String effective = requirement.getDirectives().getOrDefault(Constants.EFFECTIVE_DIRECTIVE, "resolve");
            if (!optional
                    && effective.equals("resolve")
                    && wiring.findProviders(requirement).isEmpty()) {
                missing.add(describe(requirement));
            }
        }
        return missing.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", missing));
    }

    private String describe(BundleRequirement requirement) {
        String filter = requirement.getDirectives().getOrDefault(Constants.FILTER_DIRECTIVE, "");
        Matcher name = PACKAGE.matcher(filter);
        if (requirement.getNamespace().equals(PackageNamespace.PACKAGE_NAMESPACE) && name.find()) {
            List<String> versions = exported(name.group(1));
            String wanted = "imports package " + name.group(1) + range(filter);
            return versions.isEmpty()
                    ? wanted + ", which no bundle exports; drop a bundle that does, or embed the library"
                    : wanted + ", but only version " + String.join(", ", versions)
                            + " is exported; build against that version";
        }
        if (requirement.getNamespace().equals("osgi.ee")) {
            return "needs another Java than this one: " + filter;
        }
        return "needs " + requirement.getNamespace() + " " + filter + ", which no bundle offers";
    }

    private static String range(String filter) {
        Matcher least = AT_LEAST.matcher(filter);
        Matcher below = BELOW.matcher(filter);
        if (!least.find()) {
            return "";
        }
        return String.format(
                Locale.ROOT, " %s", below.find() ? "[" + least.group(1) + "," + below.group(1) + ")" : least.group(1));
    }

    private List<String> exported(String packageName) {
        TreeSet<String> versions = new TreeSet<>();
        for (Bundle bundle : context.getBundles()) {
            BundleRevision revision = bundle.adapt(BundleRevision.class);
            if (revision == null) {
                continue;
            }
            for (BundleCapability capability : revision.getDeclaredCapabilities(PackageNamespace.PACKAGE_NAMESPACE)) {
                if (packageName.equals(capability.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE))) {
                    versions.add(String.valueOf(capability.getAttributes().get(Constants.VERSION_ATTRIBUTE)));
                }
            }
        }
        return List.copyOf(versions);
    }
}
