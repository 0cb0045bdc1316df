package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.place.Link;
import io.stratoswarm.api.place.Place;
import io.stratoswarm.api.place.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/** Reads a file of places and links, as {@code docs/placement.md} describes it. Never throws for bad input. */
public final class SiteReader {
    private static final List<String> FILE = List.of("places", "links");
    private static final List<String> PLACE =
            List.of("id", "within", "zone", "labels", "capacity", "temperature", "cost", "cpus", "memoryNodes");
    private static final List<String> LINK = List.of("from", "to", "latency", "bandwidth");
    private static final int MAX_PLACES = 2_000;
    private static final double MOST = 1e12;

    private final Problems problems;
    private final Map<String, GraphTree.Place> known = new LinkedHashMap<>();

    private SiteReader(Problems problems) {
        this.problems = problems;
    }

    /** The places, or everything that is wrong. */
    public record Result(Optional<Site> site, List<ManifestProblem> errors) {
        public Result {
            errors = List.copyOf(errors);
        }
    }

    public static Result read(String file, String text) {
        Problems problems = new Problems(file, text);
        Optional<Site> site = JsonTree.read(text, "file of places", "it must be an object with \"places\"", problems)
                .flatMap(new SiteReader(problems)::site);
        return new Result(problems.failed() ? Optional.empty() : site, problems.errors());
    }

    private Optional<Site> site(GraphTree tree) {
        if (!(tree instanceof GraphTree.Obj object)) {
            problems.error(tree.place(), "a file of places is an object with \"places\", not " + tree.kind());
            return Optional.empty();
        }
        Fields fields = new Fields(problems, object, "a file of places", FILE);
        fields.require("places", "[{\"id\": \"a1\", \"capacity\": {\"cpu\": 16, \"memory\": \"64GiB\"}}]");
        List<Place> places = new ArrayList<>();
        List<GraphTree> items = fields.array("places").orElse(List.of());
        if (items.size() > MAX_PLACES) {
            problems.error(fields.place("places"), "there are at most " + MAX_PLACES + " places");
            return Optional.empty();
        }
        if (fields.has("places") && items.isEmpty() && !problems.failed()) {
            problems.error(fields.place("places"), "'places' names none");
        }
        List<Fields> each = new ArrayList<>();
        for (GraphTree item : items) {
            object(item, "a place", PLACE).ifPresent(place -> {
                each.add(place);
                id(place);
            });
        }
        each.forEach(place -> places.add(place(place)));
        rings(places, each);
        List<Link> links = new ArrayList<>();
        for (GraphTree item : fields.array("links").orElse(List.of())) {
            object(item, "a link", LINK).flatMap(this::link).ifPresent(links::add);
        }
        return Optional.of(new Site(places, links, List.of()));
    }

    private Optional<Fields> object(GraphTree item, String what, List<String> keys) {
        if (item instanceof GraphTree.Obj object) {
            return Optional.of(new Fields(problems, object, what, keys));
        }
        problems.error(item.place(), what + " is an object, not " + item.kind());
        return Optional.empty();
    }

    private void id(Fields fields) {
        fields.require("id", "\"a1\"");
        fields.text("id")
                .filter(id -> Names.checkLabel(problems, fields.place("id"), id))
                .ifPresent(id -> {
                    GraphTree.Place first = known.putIfAbsent(id, fields.place("id"));
                    if (first != null) {
                        problems.error(
                                fields.place("id"),
                                "the place '" + id + "' is already in line " + first.line() + "; ids are unique");
                    }
                });
    }

    private Place place(Fields fields) {
        Map<String, String> labels = new HashMap<>(Names.labels(problems, fields));
        fields.text("zone").ifPresent(zone -> {
            String other = labels.put(Place.ZONE, zone);
            if (other != null && !other.equals(zone)) {
                problems.error(fields.place("zone"), "'zone' is '" + zone + "', but the label zone is '" + other + "'");
            }
        });
        Optional<Double> temperature = fields.decimal("temperature", -273.15, 1_000);
        return new Place(
                fields.text("id").orElse(""),
                fields.text("within").filter(outer -> there(fields, "within", outer)),
                labels,
                capacity(fields),
                temperature.isPresent() ? OptionalDouble.of(temperature.get()) : OptionalDouble.empty(),
                fields.decimal("cost", 0, MOST).orElse(0.0),
                numbers(fields, "cpus"),
                numbers(fields, "memoryNodes"));
    }

    private boolean there(Fields fields, String key, String id) {
        if (known.containsKey(id)) {
            return true;
        }
        problems.error(
                fields.place(key),
                "there is no place '" + Problems.clip(id, 63) + "'" + Nearest.hint(id, known.keySet()));
        return false;
    }

    private Map<String, Double> capacity(Fields place) {
        Map<String, Double> capacity = new HashMap<>();
        place.object("capacity").ifPresent(object -> {
            Fields fields = new Fields(problems, object, "the capacity of a place", Keys.REQUESTS);
            fields.decimal("cpu", 0, 1e6).ifPresent(amount -> capacity.put("cpu", amount));
            fields.decimal("gpu", 0, 1e6).ifPresent(amount -> capacity.put("gpu", amount));
            for (String key : List.of("memory", "gpuMemory", "disk")) {
                fields.size(key, 0).ifPresent(bytes -> capacity.put(key, (double) bytes));
            }
            rate(fields).ifPresent(bytes -> capacity.put("bandwidth", (double) bytes));
            fields.object("custom")
                    .ifPresent(custom -> custom.members().forEach(member -> {
                        if (Names.checkLabel(problems, member.place(), member.key())) {
                            fields.decimal(member.key(), member.value(), 0, MOST)
                                    .ifPresent(amount -> capacity.put(member.key(), amount));
                        }
                    }));
        });
        return capacity;
    }

    private static OptionalLong rate(Fields fields) {
        return fields.value("bandwidth")
                .map(value ->
                        fields.measured("bandwidth", value, Units::bytesPerSecond, 1, "a rate such as \"16MiB/s\""))
                .orElse(OptionalLong.empty());
    }

    private List<Integer> numbers(Fields fields, String key) {
        return fields.text(key)
                .flatMap(text -> {
                    Optional<List<Integer>> found = Units.processors(text);
                    if (found.isEmpty()) {
                        problems.error(fields.place(key), "'" + key + "' must be numbers such as \"0-3,6\"");
                    }
                    return found;
                })
                .orElse(List.of());
    }

    /** Nothing lies within itself. */
    private void rings(List<Place> places, List<Fields> each) {
        Map<String, String> outer = new HashMap<>();
        places.forEach(place -> place.within().ifPresent(within -> outer.put(place.id(), within)));
        for (int k = 0; k < places.size(); k++) {
            Set<String> seen = new HashSet<>();
            String at = places.get(k).id();
            while (at != null && seen.add(at)) {
                at = outer.get(at);
            }
            if (at != null && at.equals(places.get(k).id())) {
                problems.error(each.get(k).place("within"), "the place '" + at + "' lies within itself");
            }
        }
    }

    private Optional<Link> link(Fields fields) {
        fields.require("from", "\"a1\"");
        fields.require("to", "\"a2\"");
        fields.require("latency", "0.5");
        Optional<String> from = fields.text("from").filter(id -> there(fields, "from", id));
        Optional<String> to = fields.text("to").filter(id -> there(fields, "to", id));
        Optional<Double> latency = fields.decimal("latency", 0, MOST);
        OptionalLong bandwidth = rate(fields);
        if (from.isEmpty() || to.isEmpty() || latency.isEmpty()) {
            return Optional.empty();
        }
        if (from.equals(to)) {
            problems.error(fields.place("to"), "a link connects two places, not '" + from.get() + "' with itself");
            return Optional.empty();
        }
        return Optional.of(new Link(
                from.get(),
                to.get(),
                latency.get(),
                bandwidth.isPresent() ? OptionalDouble.of(bandwidth.getAsLong()) : OptionalDouble.empty()));
    }
}
