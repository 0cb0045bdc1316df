package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.graph.Constraint;
import java.util.List;
import java.util.Locale;

/** Rules, resources and amounts in words for people. */
final class Words {
    static final String REQUESTS = "requests";
    /** The rule that a flow fits through the links on its way. */
    static final String LINK = "bandwidth of links";

    private static final List<String> BYTES = List.of("memory", "gpuMemory", "disk", "bandwidth");
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Words() {}

    /** As it is written in the graph language. */
    static String rule(Constraint constraint) {
        String nodes = String.join(", ", constraint.nodes());
        String about = nodes.isEmpty() ? "" : " " + (nodes.length() > 80 ? nodes.substring(0, 80) + "…" : nodes);
        return switch (constraint) {
            case Constraint.Affinity c ->
                "affinity" + about + " to " + c.label()
                        + (c.values().isEmpty() ? "" : " = [" + String.join(", ", c.values()) + "]");
            case Constraint.Spread c -> "spread" + about + " by " + c.by() + " maxSkew " + c.maxSkew();
            case Constraint.Pin c -> "pin" + about + " to " + c.place();
            case Constraint.Capacity c ->
                "capacity" + about
                        + (c.agents().isPresent()
                                ? " agents " + c.agents().getAsInt()
                                : " " + c.resource().orElse("") + " share "
                                        + number(c.share().orElse(1.0)));
            case Constraint.CoLocation c -> "co-location" + about + " by " + c.by();
            case Constraint.Forbidden c -> "forbidden" + about + " by " + c.by();
        };
    }

    /** {@code 1.5 cpu}, {@code 64 MiB memory}. */
    static String amount(String resource, double amount) {
        return (bytes(resource) ? bytes(amount) + (resource.equals("bandwidth") ? "/s" : "") : number(amount)) + " "
                + resource;
    }

    /** Whether a resource is counted in bytes. */
    static boolean bytes(String resource) {
        return BYTES.contains(resource);
    }

    private static String bytes(double amount) {
        int unit = 0;
        double left = amount;
        while (left >= 1024 && unit < UNITS.length - 1) {
            left /= 1024;
            unit++;
        }
        return number(left) + " " + UNITS[unit];
    }

    static String narrow(Model model, int i, int j, int p, int q, double bytes) {
        return "the flow between " + model.agentIds[i] + " and " + model.agentIds[j] + " takes "
                + Words.amount("bandwidth", bytes) + ", the way from " + model.places.ids[p] + " to "
                + model.places.ids[q]
                + " has " + Words.amount("bandwidth", model.places.bandwidth[p][q]);
    }

    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.3f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }

    static String agents(int count) {
        return count == 1 ? "1 agent" : count + " agents";
    }
}
