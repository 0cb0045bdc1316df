package io.stratoswarm.audit;

import io.stratoswarm.api.audit.Trails;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.audit.trail.TrailFinder;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Offers trails while a journal is there. */
@Component
public final class TrailsComponent implements Trails {
    private final TrailFinder finder;

    @Activate
    public TrailsComponent(@Reference Journal journal) {
        finder = new TrailFinder(journal);
    }

    @Override
    public Trail find(Query query) {
        return finder.find(query);
    }
}
