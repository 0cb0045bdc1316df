package io.stratoswarm.core.deploy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what bundles and the framework say to the OSGi log into the daemon's own log. */
@Component(
        immediate = true,
        service = {})
public final class LogBridge implements LogListener {
    private final LogReaderService reader;

    @Activate
    public LogBridge(@Reference LogReaderService reader) {
        this.reader = reader;
        List<LogEntry> before = new ArrayList<>(Collections.list(reader.getLog()));
        reader.addLogListener(this);
        Collections.reverse(before);
        before.forEach(this::logged);
    }

    @Deactivate
    public void close() {
        reader.removeLogListener(this);
    }

    @Override
    public void logged(LogEntry entry) {
        @Nullable Bundle bundle = entry.getBundle();
        String source = bundle == null || bundle.getSymbolicName() == null ? "osgi" : bundle.getSymbolicName();
        // Events of the framework come under "Events."; they are many and say little.
        boolean event = entry.getLoggerName() != null && entry.getLoggerName().startsWith("Events.");
        Logger log = LoggerFactory.getLogger(source);
        LogLevel level = event && entry.getLogLevel() != LogLevel.ERROR ? LogLevel.DEBUG : entry.getLogLevel();
        switch (level) {
            case ERROR, AUDIT -> log.error(entry.getMessage(), entry.getException());
            case WARN -> log.warn(entry.getMessage(), entry.getException());
            case INFO -> log.info(entry.getMessage(), entry.getException());
            default -> log.debug(entry.getMessage(), entry.getException());
        }
    }
}
