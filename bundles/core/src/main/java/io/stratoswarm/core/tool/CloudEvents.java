package io.stratoswarm.core.tool;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.InclusionProof;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** Events as CloudEvents 1.0 in JSON, one a line. Every field of an event can be had back, the payload byte for byte. */
final class CloudEvents implements AutoCloseable {
    private final JsonFactory json = new JsonFactory();
    private final JsonGenerator out;

    CloudEvents(OutputStream stream) throws IOException {
        out = json.createGenerator(stream);
        out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        out.setRootValueSeparator(null);
    }

    void write(Event event) throws IOException {
        write(event, Optional.empty());
    }

    /** @param proof an extension attribute besides, as text, since attributes hold no objects */
    void write(Event event, Optional<InclusionProof> proof) throws IOException {
        out.writeStartObject();
        out.writeStringField("specversion", "1.0");
        out.writeStringField("id", Long.toString(event.sequence()));
        out.writeStringField("source", "urn:uuid:" + event.journal());
        out.writeStringField("type", event.type());
        out.writeStringField("time", event.time().toString());
        out.writeStringField("subject", event.subject());
        out.writeNumberField("typeversion", event.typeVersion());
        out.writeStringField("component", event.source());
        out.writeStringField("actor", event.actor());
        if (!event.causes().isEmpty()) {
            out.writeStringField("causes", causes(event));
        }
        if (proof.isPresent()) {
            out.writeStringField("proof", Proofs.toJson(proof.get()));
        }
        out.writeStringField("datacontenttype", event.mediaType());
        byte[] payload = event.payload();
        if (event.mediaType().equals(EventDraft.JSON) && isOneLineOfJson(payload)) {
            out.writeFieldName("data");
            out.writeRawValue(event.payloadText());
        } else {
            out.writeBinaryField("data_base64", payload);
        }
        out.writeEndObject();
        out.writeRaw('\n');
    }

    void flush() throws IOException {
        out.flush();
    }

    private static String causes(Event event) {
        StringBuilder text = new StringBuilder();
        for (Cause cause : event.causes()) {
            if (!text.isEmpty()) {
                text.append(' ');
            }
            switch (cause) {
                case Cause.OfEvent of ->
                    text.append("event:").append(of.journal()).append('/').append(of.sequence());
                case Cause.OfMetrics of ->
                    text.append("metrics:")
                            .append(of.journal())
                            .append('/')
                            .append(of.block())
                            .append('/')
                            .append(of.fromNanos())
                            .append('/')
                            .append(of.toNanos());
                case Cause.InSameAppend in ->
                    throw new IllegalStateException("a stored event names event " + in.index() + " of its append");
            }
        }
        return text.toString();
    }

    private boolean isOneLineOfJson(byte[] payload) throws IOException {
        for (byte each : payload) {
            if (each == '\n' || each == '\r') {
                return false;
            }
        }
        try (JsonParser parser = json.createParser(payload)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
