package io.stratoswarm.graphops.flow;

import java.util.List;

/** Keeps some fields only. Of {@code user.id} it keeps {@code user} with {@code id} in it. */
final class Project extends Rewrite {
    private final FieldTree fields = new FieldTree();

    Project(List<String> paths) {
        for (int i = 0; i < paths.size(); i++) {
            fields.add(paths.get(i), i);
        }
    }

    @Override
    void object(JsonReader from, Records to) throws NotJson {
        members(from, to, fields);
    }

    private void members(JsonReader from, Records to, FieldTree node) throws NotJson {
        byte[] bytes = from.bytes();
        from.expect('{');
        to.append((byte) '{');
        boolean first = true;
        if (from.accept('}')) {
            to.append((byte) '}');
            return;
        }
        do {
            from.peek();
            int name = from.place();
            from.string();
            int nameEnd = from.place();
            FieldTree child = node.child(bytes, name + 1, nameEnd - name - 2, from.escaped());
            from.expect(':');
            byte next = from.peek();
            int value = from.place();
            if (child == null || child.number() < 0 && next != '{') {
                from.skip();
                continue;
            }
            if (!first) {
                to.append((byte) ',');
            }
            first = false;
            to.append(bytes, name, nameEnd - name);
            to.append((byte) ':');
            if (child.number() >= 0) {
                from.skip();
                to.append(bytes, value, from.place() - value);
            } else {
                members(from, to, child);
            }
        } while (from.accept(','));
        from.expect('}');
        to.append((byte) '}');
    }
}
