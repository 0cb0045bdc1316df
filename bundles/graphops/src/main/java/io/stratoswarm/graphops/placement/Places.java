package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.place.Link;
import io.stratoswarm.api.place.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The places as numbers: what lies within what, labels with those of outer places, and how far it is from each to each. */
final class Places {
    /** Places that no link connects count as this many times as far as the farthest that links do. */
    private static final double UNLINKED = 2;

    /** With no more places than this, looking for the nearest is quicker than keeping a queue. */
    private static final int FEW = 400;

    final int count;
    final String[] ids;
    /** Of each place: itself, and what it is within, from the inside to the outside. */
    final int[][] chain;
    /** Of each place: those beneath it, itself too, that have nothing within. */
    final int[][] leaves;
    /** Whether nothing is within. */
    final boolean[] leaf;

    final double[][] latency;
    /** Bytes a second that a flow can send from the one to the other. */
    final double[][] bandwidth;

    final double maxLatency;

    private final List<Place> places;
    private final Map<String, Integer> index = new HashMap<>();

    Places(List<Place> places, List<Link> links) {
        this.places = places;
        count = places.size();
        ids = new String[count];
        for (int p = 0; p < count; p++) {
            ids[p] = places.get(p).id();
            if (index.put(ids[p], p) != null) {
                throw invalid("two places have the id '" + ids[p] + "'");
            }
        }
        chain = new int[count][];
        for (int p = 0; p < count; p++) {
            chain[p] = chainOf(p);
        }
        leaf = new boolean[count];
        leaves = leavesOf();
        latency = new double[count][count];
        bandwidth = new double[count][count];
        maxLatency = distances(links);
    }

    private int[] chainOf(int p) {
        List<Integer> found = new ArrayList<>();
        Integer at = p;
        while (at != null) {
            if (found.contains(at)) {
                throw invalid("the place '" + ids[p] + "' is within itself");
            }
            found.add(at);
            String outer = places.get(at).within().orElse(null);
            at = outer == null ? null : (Integer) at(outer);
        }
        return found.stream().mapToInt(Integer::intValue).toArray();
    }

    private int[][] leavesOf() {
        Arrays.fill(leaf, true);
        for (Place place : places) {
            place.within().ifPresent(outer -> leaf[at(outer)] = false);
        }
        List<List<Integer>> found = new ArrayList<>();
        for (int p = 0; p < count; p++) {
            found.add(new ArrayList<>());
        }
        for (int p = 0; p < count; p++) {
            if (leaf[p]) {
                for (int outer : chain[p]) {
                    found.get(outer).add(p);
                }
            }
        }
        return found.stream()
                .map(all -> all.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    Place place(int p) {
        return places.get(p);
    }

    /** Index of a place that must be there. */
    int at(String id) {
        Integer found = index.get(id);
        if (found == null) {
            throw invalid("there is no place '" + id + "'");
        }
        return found;
    }

    /** -1 where there is none. */
    int find(String id) {
        return index.getOrDefault(id, -1);
    }

    @Nullable
    String label(int p, String name) {
        for (int outer : chain[p]) {
            String value = places.get(outer).labels().get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    OptionalDouble temperature(int p) {
        for (int outer : chain[p]) {
            if (places.get(outer).temperature().isPresent()) {
                return places.get(outer).temperature();
            }
        }
        return OptionalDouble.empty();
    }

    boolean inside(int p, int outer) {
        for (int each : chain[p]) {
            if (each == outer) {
                return true;
            }
        }
        return false;
    }

    private record Hop(int to, double latency, double bandwidth) {}

    private double distances(List<Link> links) {
        List<List<Hop>> hops = new ArrayList<>(Collections.nCopies(count, List.of()));
        for (Link link : links) {
            int from = at(link.from());
            int to = at(link.to());
            double bandwidth = link.bandwidth().orElse(Double.POSITIVE_INFINITY);
            hops.set(from, plus(hops.get(from), new Hop(to, link.latency(), bandwidth)));
            hops.set(to, plus(hops.get(to), new Hop(from, link.latency(), bandwidth)));
        }
        double[][] linked = new double[count][];
        double[][] narrowest = new double[count][];
        double most = 0;
        for (int p = 0; p < count; p++) {
            linked[p] = new double[count];
            narrowest[p] = new double[count];
            shortest(p, hops, linked[p], narrowest[p]);
            for (double found : linked[p]) {
                most = found < Double.POSITIVE_INFINITY ? Math.max(most, found) : most;
            }
        }
        double greatest = 0;
        for (int p = 0; p < count; p++) {
            for (int q = 0; q < count; q++) {
                between(p, q, linked, narrowest, links.isEmpty() ? 0 : UNLINKED * most);
                greatest = Math.max(greatest, latency[p][q]);
            }
        }
        return greatest;
    }

    private static List<Hop> plus(List<Hop> hops, Hop hop) {
        List<Hop> more = hops.isEmpty() ? new ArrayList<>() : hops;
        more.add(hop);
        return more;
    }

    /** Dijkstra; of paths of the same latency the first that is found. */
    private void shortest(int from, List<List<Hop>> hops, double[] distance, double[] narrowest) {
        Arrays.fill(distance, Double.POSITIVE_INFINITY);
        distance[from] = 0;
        narrowest[from] = Double.POSITIVE_INFINITY;
        boolean[] done = new boolean[count];
        PriorityQueue<Reached> queue = new PriorityQueue<>();
        int next = from;
        while (next >= 0) {
            done[next] = true;
            for (Hop hop : hops.get(next)) {
                double sum = distance[next] + hop.latency;
                if (sum < distance[hop.to]) {
                    distance[hop.to] = sum;
                    narrowest[hop.to] = Math.min(narrowest[next], hop.bandwidth);
                    if (count > FEW) {
                        queue.add(new Reached(hop.to, sum));
                    }
                }
            }
            next = count > FEW ? nearest(queue, done) : nearest(distance, done);
        }
    }

    private record Reached(int place, double distance) implements Comparable<Reached> {
        @Override
        public int compareTo(Reached other) {
            int nearer = Double.compare(distance, other.distance);
            return nearer == 0 ? Integer.compare(place, other.place) : nearer;
        }
    }

    private static int nearest(PriorityQueue<Reached> queue, boolean[] done) {
        Reached next = queue.poll();
        while (next != null && done[next.place]) {
            next = queue.poll();
        }
        return next == null ? -1 : next.place;
    }

    private static int nearest(double[] distance, boolean[] done) {
        int nearest = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int p = 0; p < distance.length; p++) {
            if (!done[p] && distance[p] < least) {
                nearest = p;
                least = distance[p];
            }
        }
        return nearest;
    }

    /** A part of a place is reached by the links of the innermost place around it that has some to the other. */
    private void between(int p, int q, double[][] linked, double[][] narrowest, double unlinked) {
        latency[p][q] = unlinked;
        bandwidth[p][q] = Double.POSITIVE_INFINITY;
        if (inside(p, q) || inside(q, p)) {
            latency[p][q] = 0;
            return;
        }
        for (int a : chain[p]) {
            for (int b : chain[q]) {
                if (linked[a][b] < Double.POSITIVE_INFINITY) {
                    latency[p][q] = linked[a][b];
                    bandwidth[p][q] = narrowest[a][b];
                    return;
                }
            }
        }
    }

    static StratoswarmException invalid(String message) {
        return new StratoswarmException(Kind.INVALID, message);
    }
}
