package io.stratoswarm.core.agent;

import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The version that each subject has once everything under way is durable. An append expects the versions that it was decided
 * on, so that what was decided on a refused append is refused too, instead of becoming durable without its ground.
 */
final class Versions {
    private final Journal journal;
    private final Map<String, Long> known = new HashMap<>();

    Versions(Journal journal) {
        this.journal = journal;
    }

    /** Subjects that an append writes to. */
    static Set<String> subjects(List<EventDraft> drafts) {
        return drafts.stream().map(EventDraft::subject).collect(Collectors.toSet());
    }

    /** What an append of these has to expect; an agent's event is decided on its graph's declaration too. */
    Map<String, Long> expected(List<EventDraft> drafts) {
        Map<String, Long> expected = new TreeMap<>();
        for (EventDraft draft : drafts) {
            String subject = draft.subject();
            if (subject.startsWith(Events.AGENT)) {
                expected.computeIfAbsent(subject, this::version);
                expected.computeIfAbsent(graphOf(subject), this::version);
            } else if (subject.startsWith(Events.GRAPH)) {
                expected.computeIfAbsent(subject, this::version);
                if (draft.type().equals(Events.GRAPH_DELETED)) {
                    // It was decided on the removal of the last agent, and of all before.
                    String agents = Events.AGENT + graph(subject) + "/";
                    List.copyOf(known.keySet()).stream()
                            .filter(each -> each.startsWith(agents))
                            .forEach(each -> expected.computeIfAbsent(each, this::version));
                }
            }
        }
        return expected;
    }

    void underWay(Collection<EventDraft> drafts) {
        for (EventDraft draft : drafts) {
            known.computeIfPresent(draft.subject(), (subject, version) -> version + 1);
        }
    }

    /** They were refused, as will be everything that expects them; how far their subjects are is asked of the journal again. */
    void refused(Collection<EventDraft> drafts) {
        drafts.forEach(draft -> known.remove(draft.subject()));
    }

    /** They will be refused, since they expect what was; of their subjects there may be others under way that are not. */
    void doomed(Collection<EventDraft> drafts) {
        for (EventDraft draft : drafts) {
            known.computeIfPresent(draft.subject(), (subject, version) -> version - 1);
        }
    }

    private long version(String subject) {
        return known.computeIfAbsent(subject, journal::version);
    }

    /** The graph that a subject is about, alone or with one of its agents; empty for all others. */
    static String graph(String subject) {
        if (subject.startsWith(Events.AGENT)) {
            return graphOf(subject).substring(Events.GRAPH.length());
        }
        return subject.startsWith(Events.GRAPH) ? subject.substring(Events.GRAPH.length()) : "";
    }

    private static String graphOf(String agentSubject) {
        String agent = agentSubject.substring(Events.AGENT.length());
        return Events.GRAPH + agent.substring(0, Math.max(0, agent.indexOf('/')));
    }
}
