package io.stratoswarm.core.template;

import io.stratoswarm.api.metric.LogTemplate;
import io.stratoswarm.core.process.LogTail;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/** The templates of one agent, and how far its logs were read. */
final class AgentTemplates {
    private static final String OTHER_TEXT = "(lines that fit no template, and for which no further one is held)";

    final String agent;
    private final LogTail[] tails;
    private final DrainTree tree;
    private long seen = -1;
    private long otherLines;
    private long otherMillis;
    private long passedOver;
    private boolean recent;

    AgentTemplates(String agent, Path logs, int most) {
        this.agent = agent;
        this.tails = new LogTail[] {new LogTail(logs, "out"), new LogTail(logs, "err")};
        this.tree = new DrainTree(most);
    }

    /** What was printed since the daemon holds the agent's output is read, what is older is not. */
    void startBefore(long bytes) throws IOException {
        for (LogTail tail : tails) {
            tail.startBefore(bytes);
        }
    }

    boolean newOutput(long bytes) {
        boolean fresh = bytes != seen;
        seen = bytes;
        return fresh;
    }

    /** Reads at most so many lines and bytes of each stream, and passes over what is beyond; the lines that were read. */
    synchronized int mine(ByteBuffer buffer, int mostLines, int mostBytes, long nowMillis) throws IOException {
        int lines = 0;
        for (int stream = 0; stream < tails.length; stream++) {
            int share = stream == 0 ? mostLines : mostLines - lines;
            int bytes = 0;
            int streamLines = 0;
            boolean more = true;
            while (more && bytes < mostBytes && streamLines < share) {
                tails[stream].read(buffer);
                bytes += buffer.limit();
                more = buffer.limit() > 0;
                streamLines += take(buffer, share - streamLines, nowMillis);
            }
            lines += streamLines;
            if (more) {
                passedOver += tails[stream].skip();
            }
        }
        recent |= lines > 0;
        return lines;
    }

    private int take(ByteBuffer buffer, int most, long nowMillis) {
        byte[] bytes = buffer.array();
        int end = buffer.limit();
        int lines = 0;
        int at = 0;
        while (at < end) {
            int to = at;
            while (to < end && bytes[to] != '\n') {
                to++;
            }
            if (lines == most) {
                passedOver += end - at;
                return lines;
            }
            line(bytes, at, to, nowMillis);
            lines++;
            at = to + 1;
        }
        return lines;
    }

    private void line(byte[] bytes, int from, int to, long nowMillis) {
        List<String> words = Masks.words(bytes, from, to);
        if (words.isEmpty()) {
            return;
        }
        DrainTree.@Nullable Template found = tree.add(words, nowMillis);
        if (found == null) {
            otherLines++;
            otherMillis = nowMillis;
        } else {
            found.lines++;
            found.lastMillis = nowMillis;
        }
    }

    synchronized int size() {
        return tree.templates().size();
    }

    /** Whether there was output since this was asked last. */
    synchronized boolean recent() {
        boolean was = recent;
        recent = false;
        return was;
    }

    synchronized long passedOver() {
        return passedOver;
    }

    synchronized void counts(ObjLongConsumer<String> consumer) {
        for (DrainTree.Template template : tree.templates()) {
            // One that was kept from an earlier daemon has no count until it is met.
            if (template.lines > 0) {
                consumer.accept(template.id, template.lines);
            }
        }
        if (otherLines > 0) {
            consumer.accept(LogMiner.OTHER, otherLines);
        }
    }

    synchronized List<LogTemplate> list() {
        List<LogTemplate> all = new ArrayList<>();
        for (DrainTree.Template template : tree.templates()) {
            all.add(new LogTemplate(template.id, template.text(), template.lines, template.lastMillis));
        }
        if (otherLines > 0) {
            all.add(new LogTemplate(LogMiner.OTHER, OTHER_TEXT, otherLines, otherMillis));
        }
        all.sort(Comparator.comparingLong(LogTemplate::lines).reversed().thenComparing(LogTemplate::id));
        return all;
    }

    /** What is to be written down, or null where nothing came or changed since this was asked last. */
    synchronized @Nullable Kept changed() {
        return tree.takeChanged() ? kept() : null;
    }

    private Kept kept() {
        List<Kept.One> all = new ArrayList<>();
        for (DrainTree.Template template : tree.templates()) {
            all.add(new Kept.One(template.id, template.words()));
        }
        return new Kept(tree.next(), all);
    }

    synchronized void restore(Kept kept) {
        tree.restore(
                kept.next(),
                kept.templates().stream().map(Kept.One::id).toList(),
                kept.templates().stream().map(Kept.One::words).toList());
    }

    /** What is kept of an agent's templates from one daemon to the next. */
    record Kept(int next, List<One> templates) {
        Kept {
            templates = List.copyOf(templates);
        }

        record One(String id, List<String> words) {
            One {
                words = List.copyOf(words);
            }
        }
    }
}
