package io.stratoswarm.graphops.flow;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives fields other names, one after the other. A field that is not there changes nothing. One that had the new name before is
 * gone. A path may also lead to another object, which is made where it is not there; then the field comes last in it.
 */
final class Rename extends Rewrite {
    private record Move(String[] from, String[] to) {
        boolean inPlace() {
            return from.length == to.length
                    && List.of(from)
                            .subList(0, from.length - 1)
                            .equals(List.of(to).subList(0, to.length - 1));
        }
    }

    /** A member of an object: an object that was looked into, or bytes as they are. */
    private static final class Member {
        String name;

        @Nullable
        List<Member> members;

        int start;
        int length;

        Member(String name) {
            this.name = name;
        }
    }

    private final List<Move> moves = new ArrayList<>();
    private final FieldTree looked = new FieldTree();

    Rename(Map<String, String> names) {
        names.forEach((from, to) -> {
            moves.add(new Move(from.split("\\.", -1), to.split("\\.", -1)));
            looked.add(from, 0);
            looked.add(to, 0);
        });
    }

    @Override
    void object(JsonReader from, Records to) throws NotJson {
        List<Member> members = read(from, looked);
        for (Move move : moves) {
            apply(move, members);
        }
        write(members, from.bytes(), to);
    }

    private List<Member> read(JsonReader from, FieldTree node) throws NotJson {
        List<Member> members = new ArrayList<>();
        from.expect('{');
        if (from.accept('}')) {
            return members;
        }
        do {
            from.peek();
            int name = from.place() + 1;
            from.string();
            int nameLength = from.place() - 1 - name;
            Member member = new Member(JsonReader.text(from.bytes(), name, nameLength));
            FieldTree child = node.child(from.bytes(), name, nameLength, from.escaped());
            from.expect(':');
            if (from.peek() == '{' && child != null && !child.leaf()) {
                member.members = read(from, child);
            } else {
                member.start = from.place();
                from.skip();
                member.length = from.place() - member.start;
            }
            members.add(member);
        } while (from.accept(','));
        from.expect('}');
        return members;
    }

    private static void apply(Move move, List<Member> all) {
        List<Member> parent = parent(all, move.from(), false);
        Member found = parent == null ? null : last(parent, move.from()[move.from().length - 1]);
        if (parent == null || found == null) {
            return;
        }
        String name = move.to()[move.to().length - 1];
        if (move.inPlace()) {
            parent.removeIf(it -> it != found && it.name.equals(name));
            found.name = name;
            return;
        }
        parent.remove(found);
        List<Member> target = parent(all, move.to(), true);
        java.util.Objects.requireNonNull(target, "made").removeIf(it -> it.name.equals(name));
        found.name = name;
        target.add(found);
    }

    /** The object that the last name of the path is in. */
    private static @Nullable List<Member> parent(List<Member> all, String[] path, boolean make) {
        List<Member> members = all;
        for (int i = 0; i < path.length - 1; i++) {
            Member next = last(members, path[i]);
            if (next == null || next.members == null) {
                if (!make) {
                    return null;
                }
                if (next == null) {
                    next = new Member(path[i]);
                    members.add(next);
                }
                next.members = new ArrayList<>();
            }
            members = next.members;
        }
        return members;
    }

    private static @Nullable Member last(List<Member> members, String name) {
        for (int i = members.size() - 1; i >= 0; i--) {
            if (members.get(i).name.equals(name)) {
                return members.get(i);
            }
        }
        return null;
    }

    private static void write(List<Member> members, byte[] bytes, Records to) {
        to.append((byte) '{');
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            if (i > 0) {
                to.append((byte) ',');
            }
            byte[] name = Json.text(new StringBuilder(), member.name)
                    .append(':')
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
            to.append(name, 0, name.length);
            if (member.members != null) {
                write(member.members, bytes, to);
            } else {
                to.append(bytes, member.start, member.length);
            }
        }
        to.append((byte) '}');
    }
}
