package io.stratoswarm.core.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tree of Drain for one agent. The first level tells lines by their number of words, the next by their first word; below hang
 * the templates, and a line falls under the one with which it shares most words, if that is enough of them.
 */
final class DrainTree {
    /** Stands for a word that differs. */
    static final String ANY = "<*>";

    /** Of all words that a line must share with a template. The paper found 0.4 to 0.6 to do; drain3 takes 0.4. */
    private static final double SIMILAR = 0.4;

    /** The depth of 4 that drain3 takes counts the root and the leaves. */
    private static final int DEPTH = 1;

    private static final int MOST_CHILDREN = 64;

    /** One template. */
    static final class Template {
        final String id;
        private String[] words;
        long lines;
        long lastMillis;

        Template(String id, String[] words) {
            this.id = id;
            this.words = words;
        }

        String text() {
            return String.join(" ", words);
        }

        List<String> words() {
            return List.of(words);
        }
    }

    private static final class Node {
        final Map<String, Node> children = new HashMap<>();
        final List<Template> templates = new ArrayList<>();
    }

    private final Map<Integer, Node> byLength = new HashMap<>();
    private final List<Template> all = new ArrayList<>();
    private final int most;
    private int next = 1;
    private boolean changed;

    /** @param most templates that it may hold */
    DrainTree(int most) {
        this.most = most;
    }

    List<Template> templates() {
        return all;
    }

    int next() {
        return next;
    }

    /** Whether a template came or changed since this was asked last. */
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    /** Puts back what was kept. */
    void restore(int nextId, List<String> ids, List<List<String>> words) {
        next = Math.max(next, nextId);
        for (int i = 0; i < ids.size() && all.size() < most; i++) {
            String[] array = words.get(i).toArray(new String[0]);
            if (array.length > 0) {
                Template kept = new Template(ids.get(i), array);
                leaf(array).templates.add(kept);
                all.add(kept);
            }
        }
    }

    /** The template of a line, a new one where none fits; null where no more can be held. */
    @Nullable
    Template add(List<String> line, long nowMillis) {
        String[] words = line.toArray(new String[0]);
        Node leaf = leaf(words);
        Template best = null;
        int bestSame = -1;
        for (Template template : leaf.templates) {
            int same = same(template.words, words);
            if (same > bestSame) {
                best = template;
                bestSame = same;
            }
        }
        if (best != null && bestSame >= SIMILAR * words.length) {
            widen(best, words);
            return best;
        }
        if (all.size() >= most && !makeRoom(nowMillis)) {
            return null;
        }
        Template fresh = new Template("t" + next++, words);
        leaf.templates.add(fresh);
        all.add(fresh);
        changed = true;
        return fresh;
    }

    /** Words that are the same; what differs already is as good as none, as in the paper. */
    private static int same(String[] template, String[] line) {
        int same = 0;
        for (int i = 0; i < line.length; i++) {
            if (template[i].equals(line[i])) {
                same++;
            }
        }
        return same;
    }

    private void widen(Template template, String[] line) {
        for (int i = 0; i < line.length; i++) {
            if (!template.words[i].equals(line[i]) && !template.words[i].equals(ANY)) {
                template.words[i] = ANY;
                changed = true;
            }
        }
    }

    private Node leaf(String[] words) {
        Node node = byLength.computeIfAbsent(words.length, key -> new Node());
        for (int level = 0; level < DEPTH && level < words.length; level++) {
            // A word with a digit or a value is likely to differ, so it must not tell branches apart.
            String key = differs(words[level]) ? ANY : words[level];
            Node child = node.children.get(key);
            if (child == null) {
                key = node.children.size() >= MOST_CHILDREN - 1 ? ANY : key;
                child = node.children.computeIfAbsent(key, k -> new Node());
            }
            node = child;
        }
        return node;
    }

    private static boolean differs(String word) {
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c >= '0' && c <= '9' || c == '<') {
                return true;
            }
        }
        return false;
    }

    /** Forgets the template that was not met for the longest time, if that is an hour; its id is not used again. */
    private boolean makeRoom(long nowMillis) {
        Template oldest = null;
        for (Template template : all) {
            if (oldest == null || template.lastMillis < oldest.lastMillis) {
                oldest = template;
            }
        }
        if (oldest == null || nowMillis - oldest.lastMillis < FORGET_MILLIS) {
            return false;
        }
        all.remove(oldest);
        leaf(oldest.words).templates.remove(oldest);
        forget(oldest);
        return true;
    }

    private static final long FORGET_MILLIS = 3_600_000;

    /** Its first words may have become wider than the branch that it hangs on. */
    private void forget(Template gone) {
        for (Node node : byLength.values()) {
            forget(node, gone);
        }
    }

    private static void forget(Node node, Template gone) {
        node.templates.remove(gone);
        node.children.values().removeIf(child -> {
            forget(child, gone);
            return child.children.isEmpty() && child.templates.isEmpty();
        });
    }
}
