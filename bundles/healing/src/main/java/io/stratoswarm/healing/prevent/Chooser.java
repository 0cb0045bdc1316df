package io.stratoswarm.healing.prevent;

import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.graph.Proposals.Proposal;
import io.stratoswarm.api.place.Place;
import io.stratoswarm.healing.heal.Means;
import io.stratoswarm.healing.predict.Cause;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Chooses what is done about a failure that is foreseen, by what it would come from. */
final class Chooser {
    /** Less is within what sensors say of the same thing. */
    private static final double COOLER = 3;

    private final PredictionParts parts;
    private final Means means;

    Chooser(PredictionParts parts, Means means) {
        this.parts = parts;
        this.means = means;
    }

    /**
     * What is done, or why nothing can be.
     *
     * @param word where nothing can be done: by which that is counted
     * @param why in words
     */
    record Chosen(Optional<Measure> measure, String word, String why) {
        static Chosen to(Measure measure) {
            return new Chosen(Optional.of(measure), "", "");
        }

        static Chosen nothing(String word, String why) {
            return new Chosen(Optional.empty(), word, why);
        }
    }

    static Optional<Cause> cause(String word) {
        return Stream.of(Cause.values())
                .filter(each -> each.word().equals(word))
                .findFirst();
    }

    /** Jobs for all failures count only where nothing else helps. */
    List<String> remedies(Cause cause, AgentStatus agent) {
        return means.remedies(agent, classes(cause), cause == Cause.DISK_FILLING || cause == Cause.NETWORK);
    }

    /** What such a failure is called once it is there. */
    private static Set<String> classes(Cause cause) {
        return switch (cause) {
            case MEMORY_LEAK, DESCRIPTOR_LEAK, THERMAL, CONTENTION -> Set.of(cause.word());
            case PROCESS_LEAK -> Set.of("process-leak", "zombie-leak");
            case DISK_FILLING -> Set.of("disk-full", "disk-filling");
            case SLOWING_DOWN -> Set.of("slow-response");
            case NETWORK -> Set.of("network-loss", "network-delay");
            case OTHER -> Set.of();
        };
    }

    Chosen choose(Cause cause, AgentStatus agent) {
        if (!remedies(cause, agent).isEmpty()) {
            return Chosen.to(Measure.REMEDY);
        }
        Chosen chosen = switch (cause) {
            case MEMORY_LEAK -> Chosen.to(Measure.RECLAIM);
            case DESCRIPTOR_LEAK, PROCESS_LEAK, SLOWING_DOWN, OTHER -> Chosen.to(Measure.RESTART);
            case DISK_FILLING ->
                Chosen.nothing("advice", "a restart frees no space: somebody must make room on the file system");
            case THERMAL -> cooler().isPresent() ? Chosen.to(Measure.MOVE) : Chosen.nothing("unavailable", noCooler());
            case CONTENTION -> contention(agent);
            case NETWORK -> Chosen.nothing("advice", route(agent));
        };
        boolean starts = chosen.measure()
                .filter(it -> it == Measure.RESTART || it == Measure.RECLAIM)
                .isPresent();
        return starts && !means.restarts(agent.id())
                ? Chosen.nothing("policy", "its restart policy is 'never', or it is a job that runs to its end")
                : chosen;
    }

    private Chosen contention(AgentStatus agent) {
        if (parts.healing().controls().get().isEmpty()) {
            return Chosen.nothing("unavailable", "controls of agents are not there");
        }
        if (means.busiest(agent).isPresent()) {
            return Chosen.to(Measure.RENICE_NEIGHBOUR);
        }
        return means.idlest().isPresent()
                ? Chosen.to(Measure.MOVE)
                : Chosen.nothing(
                        "unavailable",
                        "no other agent of its graph uses much processor time, and there is one processor only");
    }

    /** Another route is only known where a script proposes one. */
    private String route(AgentStatus agent) {
        return parts.proposals()
                .get()
                .flatMap(proposals -> proposals.list(Optional.of(agent.graph()), 100).stream()
                        .filter(each -> each.state() == Proposals.State.WAITING
                                && each.request().kind().equals("reroute"))
                        .findFirst())
                .map(Chooser::proposed)
                .orElse("no script proposes another route of its graph; somebody must look at the network");
    }

    private static String proposed(Proposal proposal) {
        return "script " + proposal.script() + " proposes another route: 'stratoswarm transform approve "
                + proposal.number() + "'";
    }

    /** The processors of the coolest place of the host, where it is cooler than the hottest one by more than sensors err. */
    Optional<Set<Integer>> cooler() {
        List<Place> measured = measured();
        Optional<Place> coolest = measured.stream().min(Comparator.comparingDouble(Chooser::degrees));
        double hottest = measured.stream().mapToDouble(Chooser::degrees).max().orElse(0);
        return coolest.filter(place -> hottest - degrees(place) >= COOLER).map(place -> Set.copyOf(place.cpus()));
    }

    private static double degrees(Place place) {
        return place.temperature().orElse(Double.NaN);
    }

    private List<Place> measured() {
        return parts.places().get().map(places -> places.places().places()).orElse(List.of()).stream()
                .filter(place ->
                        place.temperature().isPresent() && !place.cpus().isEmpty())
                .toList();
    }

    private String noCooler() {
        List<Place> measured = measured();
        return measured.isEmpty()
                ? "this host tells no temperatures of its processors, so none is known to be cooler"
                : String.format(
                        Locale.ROOT,
                        "no place is cooler than another by %.0f degrees or more; the coolest is at %.0f",
                        COOLER,
                        measured.stream().mapToDouble(Chooser::degrees).min().orElse(Double.NaN));
    }
}
