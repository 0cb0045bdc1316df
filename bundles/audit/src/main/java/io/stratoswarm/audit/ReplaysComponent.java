package io.stratoswarm.audit;

import io.stratoswarm.api.graph.PastGraphs;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.PastStates;
import io.stratoswarm.api.replay.Replays;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.audit.replay.ReplayControl;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Offers replays of the journal. Scripts may come later, or not at all, hence a field. */
@Component(service = Replays.class)
public final class ReplaysComponent implements Replays {
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Scripts scripts;

    private final ReplayControl control;

    @Activate
    public ReplaysComponent(
            @Reference Journal journal,
            @Reference PastStates past,
            @Reference PastGraphs graphs,
            @Reference BlobStore blobs) {
        control = new ReplayControl(journal, past, graphs, blobs, () -> Optional.ofNullable(scripts));
    }

    @Override
    public Moment moment(String text) {
        return control.moment(text);
    }

    @Override
    public PastGraphs.View view(Moment moment) {
        return control.view(moment);
    }

    @Override
    public String state(Moment moment, String path) {
        return control.state(moment, path);
    }

    @Override
    public Steps steps(StepQuery query) {
        return control.steps(query);
    }

    @Override
    public List<Difference> differences(Moment from, Moment to, Optional<String> graph) {
        return control.differences(from, to, graph);
    }

    @Override
    public Branch without(Set<Long> sequences, Moment to) {
        return control.without(sequences, to);
    }

    @Override
    public CompletableFuture<List<Redecision>> redecide(Moment from, Moment to) {
        return control.redecide(from, to);
    }
}
