package io.stratoswarm.audit;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.log.EventExports;
import io.stratoswarm.api.log.EventFormat;
import io.stratoswarm.api.log.TransparencyLog;
import io.stratoswarm.audit.export.Exporter;
import io.stratoswarm.audit.export.Ocsf;
import io.stratoswarm.audit.export.Prov;
import io.stratoswarm.audit.export.Syslog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers events in the formats of other tools, its own and those that other bundles bring. */
@Component(immediate = true, service = EventExports.class)
public final class EventExportsComponent implements EventExports {
    private static final Logger LOG = LoggerFactory.getLogger(EventExportsComponent.class);
    private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private final List<EventFormat> others = new CopyOnWriteArrayList<>();

    private final List<EventFormat> own = List.of(new Ocsf(), new Syslog(host()), new Prov());
    private final Exporter exporter;

    @Activate
    public EventExportsComponent(@Reference Journal journal, @Reference TransparencyLog log) {
        this.exporter = new Exporter(journal, this::all, () -> signed(log, journal));
    }

    private Collection<EventFormat> all() {
        List<EventFormat> all = new ArrayList<>(own);
        all.addAll(others);
        return all;
    }

    /** Where nothing can be signed a proof in the tree as it is now is better than none. */
    private static long signed(TransparencyLog log, Journal journal) {
        try {
            log.sign();
            return log.status().size();
        } catch (StratoswarmException e) {
            LOG.warn("the proofs of an export are in a tree that is not signed: {}", e.getMessage());
            return journal.size();
        }
    }

    private static String host() {
        try {
            return Files.readString(HOST).strip();
        } catch (IOException e) {
            LOG.debug("the name of this host cannot be read", e);
            return "";
        }
    }

    @Override
    public List<String> formats() {
        return exporter.formats();
    }

    @Override
    public String mediaType(String format) {
        return exporter.mediaType(format);
    }

    @Override
    public void export(String format, EventQuery query, boolean proofs, EventFormat.Lines out) throws IOException {
        exporter.export(format, query, proofs, out);
    }
}
