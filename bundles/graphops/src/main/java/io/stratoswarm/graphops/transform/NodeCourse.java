package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.graph.NodeSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What becomes of one node and its members. */
final class NodeCourse {
    private final @Nullable NodeSpec old;
    private final @Nullable NodeSpec next;
    private final boolean renewed;
    private final List<Member> staying = new ArrayList<>();
    private final List<Member> leaving = new ArrayList<>();
    private final List<Member> joining = new ArrayList<>();
    private final Map<Integer, String> places = new TreeMap<>();

    /**
     * @param old null where it is new
     * @param next null where it goes
     * @param members that it has
     * @param renewed whether they are followed by others
     * @param moves by number of a member, where the one that follows it is to be; where there are any, and no state is handed over,
     *     only those are followed
     */
    NodeCourse(
            @Nullable NodeSpec old,
            @Nullable NodeSpec next,
            List<Member> members,
            boolean renewed,
            Map<Integer, String> moves) {
        this.old = old;
        this.next = next;
        this.renewed = renewed && old != null && next != null;
        int wanted = next == null ? 0 : next.replicas();
        boolean all = moves.isEmpty() || next != null && Contracts.keyed(next);
        int number = 0;
        for (Member member : members) {
            number = Math.max(number, member.number() + 1);
            boolean followed = this.renewed && (all || moves.containsKey(member.number()));
            boolean stays = !followed && staying.size() < wanted;
            (stays ? staying : leaving).add(new Member(member.number(), "", member.slot(), false, Member.ALL, false));
        }
        Set<Integer> slots = new HashSet<>();
        staying.forEach(member -> slots.add(member.slot()));
        List<Integer> free = new ArrayList<>();
        if (this.renewed) {
            // First into the slots of those that they follow.
            leaving.forEach(member -> free.add(member.slot()));
        }
        for (int i = staying.size(); i < wanted; i++) {
            int slot = free.isEmpty() ? lowest(slots) : free.removeFirst();
            slots.add(slot);
            String place = this.renewed && i - staying.size() < leaving.size()
                    ? moves.get(leaving.get(i - staying.size()).number())
                    : null;
            if (place != null) {
                places.put(number, place);
            }
            joining.add(new Member(number++, "", slot, false, Member.ALL, false));
        }
    }

    private int lowest(Set<Integer> slots) {
        int slot = 0;
        // Not that of one that still gets something.
        Set<Integer> taken = new TreeSet<>(slots);
        leaving.forEach(member -> taken.add(member.slot()));
        while (taken.contains(slot)) {
            slot++;
        }
        return slot;
    }

    @Nullable
    NodeSpec old() {
        return old;
    }

    @Nullable
    NodeSpec next() {
        return next;
    }

    /** Whether it is there before and after. */
    boolean stays() {
        return old != null && next != null;
    }

    List<Integer> leaving() {
        return leaving.stream().map(Member::number).toList();
    }

    boolean allLeave() {
        return staying.isEmpty() && !leaving.isEmpty();
    }

    List<Integer> joining() {
        return joining.stream().map(Member::number).toList();
    }

    /** By number of one that joins, where it is to be. */
    Map<Integer, String> places() {
        return places;
    }

    /** All of them side by side: new ones with a share, old ones with all that is left or draining. */
    List<Member> beside(int share, boolean drained) {
        List<Member> all = new ArrayList<>(staying);
        boolean anew = renewed && !Objects.equals(old, next);
        for (Member member : leaving) {
            Member kept = new Member(member.number(), "", member.slot(), anew, member.share(), false);
            all.add(drained ? kept.drained() : kept);
        }
        joining.forEach(member -> all.add(member.withShare(share)));
        return all;
    }

    /** As they were, but that what was new drains. */
    List<Member> backing() {
        List<Member> all = new ArrayList<>(beside(0, false));
        all.replaceAll(member ->
                joining.stream().anyMatch(each -> each.number() == member.number()) ? member.drained() : member);
        return all;
    }

    /** As they were. */
    List<Member> before() {
        List<Member> all = new ArrayList<>(staying);
        all.addAll(leaving);
        return all;
    }

    /** Those that are left. */
    List<Member> after() {
        List<Member> all = new ArrayList<>(staying);
        all.addAll(joining);
        return all;
    }
}
