package io.stratoswarm.audit.export;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.InclusionProof;
import io.stratoswarm.api.log.EventFormat;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * Syslog, RFC 5424, one message a line: facility 13 (log audit), severity 6 or 4. Fields of the event are structured data; the payload
 * is the message where it is one line of text, else its base64 is among the structured data. The enterprise number is the one that RFC
 * 5612 reserves for examples, for Stratoswarm has none.
 */
public final class Syslog implements EventFormat {
    private static final int FACILITY = 13;
    private static final int INFORMATIONAL = 6;
    private static final int WARNING = 4;
    private static final int MOST_MSGID = 32;
    /** RFC 5424 section 6.2.3: at most six digits of a second. */
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter(Locale.ROOT);

    private final String host;

    /** @param host name of this host; {@code -} where it has none */
    public Syslog(String host) {
        String printable = printable(host, 255);
        this.host = printable.isEmpty() ? "-" : printable;
    }

    @Override
    public String name() {
        return "syslog";
    }

    @Override
    public String mediaType() {
        return "text/plain; charset=utf-8";
    }

    @Override
    public void write(Selection events, Lines out) throws IOException {
        events.each((event, proof) -> out.line(line(event, proof)));
    }

    String line(Event event, Optional<InclusionProof> proof) {
        int severity = event.type().matches(".*(Failed|Refused|Quarantined|Unhealthy|ConflictFound|Salvaged)")
                ? WARNING
                : INFORMATIONAL;
        StringBuilder out = new StringBuilder(256)
                .append('<')
                .append(FACILITY * 8 + severity)
                .append(">1 ")
                .append(TIME.format(micros(event.time())))
                .append(' ')
                .append(host)
                .append(" stratoswarm - ")
                .append(printable(event.type(), MOST_MSGID))
                .append(" [stratoswarm@32473");
        parameter(out, "journal", event.journal().toString());
        parameter(out, "sequence", Long.toString(event.sequence()));
        parameter(out, "timeNanos", Long.toString(event.timeNanos()));
        parameter(out, "type", event.type());
        parameter(out, "typeVersion", Integer.toString(event.typeVersion()));
        parameter(out, "source", event.source());
        parameter(out, "subject", event.subject());
        parameter(out, "actor", event.actor());
        parameter(out, "mediaType", event.mediaType());
        if (!event.causes().isEmpty()) {
            parameter(out, "causes", Proofs.causes(event));
        }
        boolean text = Proofs.isText(event);
        if (!text) {
            parameter(out, "payloadBase64", Base64.getEncoder().encodeToString(event.payload()));
        }
        proof.ifPresent(it -> parameter(out, "proof", Proofs.json(it).toString()));
        out.append(']');
        // RFC 5424 section 6.4: a message in UTF-8 begins with a byte order mark.
        return text && event.payload().length > 0
                ? out.append(" \uFEFF").append(event.payloadText()).toString()
                : out.toString();
    }

    private static Instant micros(Instant time) {
        return time.minusNanos(time.getNano() % 1_000);
    }

    /** RFC 5424 section 6.3.3: quotation mark, backslash and closing bracket are escaped. Line ends would end the message. */
    private static void parameter(StringBuilder out, String name, String value) {
        out.append(' ').append(name).append("=\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\' || c == ']') {
                out.append('\\');
            }
            out.append(c < 0x20 || c == 0x7F ? ' ' : c);
        }
        out.append('"');
    }

    /** Printable US-ASCII, as the fields of the header have it. */
    private static String printable(String text, int most) {
        String plain = text.replaceAll("[^\\x21-\\x7E]", "_");
        return plain.length() > most ? plain.substring(0, most) : plain;
    }
}
