package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.GraphTree.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An object in the making: several statements may add to one key, where the key holds an object or an array. */
final class Members {
    private sealed interface Slot {
        Place place();
    }

    private record Ready(Place place, GraphTree value) implements Slot {}

    private record Nested(Place place, Members members) implements Slot {}

    private record Items(Place place, List<GraphTree> items) implements Slot {}

    private final Messages messages;
    private final Map<String, Slot> slots = new LinkedHashMap<>();

    Members(Messages messages) {
        this.messages = messages;
    }

    boolean has(String key) {
        return slots.containsKey(key);
    }

    void put(Place place, String key, GraphTree value) {
        Slot first = slots.putIfAbsent(key, new Ready(place, value));
        if (first != null) {
            duplicate(place, key, first);
        }
    }

    /** The object of this key, made at the first call. */
    Members object(Place place, String key) {
        Slot slot = slots.computeIfAbsent(key, name -> new Nested(place, new Members(messages)));
        if (slot instanceof Nested nested) {
            return nested.members();
        }
        duplicate(place, key, slot);
        return new Members(messages);
    }

    /** Adds to the array of this key. */
    void add(Place place, String key, GraphTree item) {
        Slot slot = slots.computeIfAbsent(key, name -> new Items(place, new ArrayList<>()));
        if (slot instanceof Items items) {
            items.items().add(item);
        } else {
            duplicate(place, key, slot);
        }
    }

    private void duplicate(Place place, String key, Slot first) {
        messages.error(
                place,
                "'" + Messages.clip(key, 60) + "' stands here twice; the first is in line "
                        + first.place().line()
                        + (first.place().file().equals(place.file())
                                ? ""
                                : " of " + first.place().file()));
    }

    GraphTree.Obj build(Place place) {
        List<GraphTree.Member> members = new ArrayList<>(slots.size());
        slots.forEach((key, slot) -> members.add(new GraphTree.Member(
                slot.place(),
                key,
                switch (slot) {
                    case Ready ready -> ready.value();
                    case Nested nested -> nested.members().build(nested.place());
                    case Items items -> new GraphTree.Arr(items.place(), items.items());
                })));
        return new GraphTree.Obj(place, members);
    }
}
