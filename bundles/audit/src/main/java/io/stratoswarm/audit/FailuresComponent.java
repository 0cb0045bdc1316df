package io.stratoswarm.audit;

import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.failure.Failures;
import io.stratoswarm.api.graph.PastGraphs;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.PastStates;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.audit.failure.FailureSearch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Offers diagnoses of failures. What was measured and printed may come later, or not at all, hence fields. */
@Component(service = Failures.class)
public final class FailuresComponent implements Failures {
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Metrics metrics;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Agents agents;

    private final FailureSearch search;

    @Activate
    public FailuresComponent(@Reference Journal journal, @Reference PastStates past, @Reference PastGraphs graphs) {
        search = new FailureSearch(
                journal, past, graphs, () -> Optional.ofNullable(metrics), () -> Optional.ofNullable(agents));
    }

    @Override
    public Diagnosis diagnose(String target, long windowMillis) {
        return search.diagnose(target, windowMillis);
    }

    @Override
    public String html(Diagnosis diagnosis) {
        return search.html(diagnosis);
    }
}
