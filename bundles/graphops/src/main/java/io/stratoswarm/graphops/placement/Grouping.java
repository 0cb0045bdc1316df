package io.stratoswarm.graphops.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Places in groups by a label, or each alone. */
final class Grouping {
    /** In the place of a label: each place is a group. */
    static final String PLACE = "place";

    /** Of each place; -1 where it belongs to none. */
    final int[] group;

    final List<String> names = new ArrayList<>();

    Grouping(Places places, String by) {
        group = new int[places.count];
        Arrays.fill(group, -1);
        Map<String, Integer> known = new LinkedHashMap<>();
        for (int p = 0; p < places.count; p++) {
            String name = by.equals(PLACE) ? places.ids[p] : places.label(p, by);
            if (name != null) {
                group[p] = known.computeIfAbsent(name, fresh -> known.size());
            }
        }
        names.addAll(known.keySet());
    }
}
