package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.stratoswarm.api.graph.Graphs.Member;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What an agent is to its node; see {@link Member}.
 *
 * @param version of the spec that it is kept at; 0 for the one that its node declares
 */
record MemberState(int number, int slot, int version, int share, boolean draining) {
    /** As it is while nothing is transformed. */
    static MemberState of(int number, int slot) {
        return new MemberState(number, slot, 0, Member.ALL, false);
    }

    boolean settled() {
        return version == 0 && share == Member.ALL && !draining;
    }

    /** One for each replica, in slots of their own. */
    static SortedMap<Integer, MemberState> all(int replicas) {
        return sorted(IntStream.range(0, replicas)
                .mapToObj(number -> of(number, number))
                .toList());
    }

    static SortedMap<Integer, MemberState> sorted(Collection<MemberState> members) {
        SortedMap<Integer, MemberState> sorted = new TreeMap<>();
        members.forEach(member -> sorted.put(member.number(), member));
        return Collections.unmodifiableSortedMap(sorted);
    }

    /** Those that stay, the ones with the highest numbers going first, and new ones with the lowest numbers that are free. */
    static SortedMap<Integer, MemberState> scaled(SortedMap<Integer, MemberState> now, int replicas) {
        SortedMap<Integer, MemberState> scaled = new TreeMap<>(now);
        while (scaled.size() > replicas) {
            scaled.remove(scaled.lastKey());
        }
        Set<Integer> slots = new HashSet<>();
        scaled.values().forEach(member -> slots.add(member.slot()));
        int slot = 0;
        for (int number = 0; scaled.size() < replicas; number++) {
            if (!scaled.containsKey(number)) {
                while (!slots.add(slot)) {
                    slot++;
                }
                scaled.put(number, of(number, slot));
            }
        }
        return Collections.unmodifiableSortedMap(scaled);
    }

    static void write(ArrayNode array, Collection<MemberState> members) {
        for (MemberState member : members) {
            array.addObject()
                    .put("number", member.number())
                    .put("slot", member.slot())
                    .put("version", member.version())
                    .put("share", member.share())
                    .put("draining", member.draining());
        }
    }

    /** @param replicas of the node, whose members follow from that where none are written */
    static SortedMap<Integer, MemberState> read(JsonNode array, int replicas) {
        if (!array.isArray()) {
            return all(replicas);
        }
        List<MemberState> members = new java.util.ArrayList<>();
        array.forEach(json -> members.add(new MemberState(
                json.path("number").intValue(),
                json.path("slot").intValue(),
                json.path("version").intValue(),
                json.path("share").intValue(),
                json.path("draining").booleanValue())));
        return sorted(members);
    }

    /** For the words of a plan. */
    @Override
    public String toString() {
        return "number " + number
                + (slot == number ? "" : " in slot " + slot)
                + (version == 0 ? "" : " as before")
                + (draining ? " draining" : share == Member.ALL ? "" : " with " + share / 10.0 + " %");
    }
}
