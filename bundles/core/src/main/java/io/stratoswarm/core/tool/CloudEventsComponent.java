package io.stratoswarm.core.tool;

import io.stratoswarm.api.log.EventFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.osgi.service.component.annotations.Component;

/** The format of the journal's own export, for the exports of a running daemon. */
@Component(immediate = true, service = EventFormat.class)
public final class CloudEventsComponent implements EventFormat {
    @Override
    public String name() {
        return "cloudevents";
    }

    @Override
    public String mediaType() {
        return "application/x-ndjson";
    }

    @Override
    public void write(Selection events, Lines out) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (CloudEvents format = new CloudEvents(line)) {
            events.each((event, proof) -> {
                format.write(event, proof);
                format.flush();
                // Without the end of the line.
                out.line(new String(line.toByteArray(), 0, line.size() - 1, StandardCharsets.UTF_8));
                line.reset();
            });
        }
    }
}
