package io.stratoswarm.audit.failure;

import io.stratoswarm.api.failure.Failures.Diagnosis;
import io.stratoswarm.api.failure.Failures.Evidence;
import io.stratoswarm.api.failure.Failures.Factor;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.metric.Points;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

/** A diagnosis as a page of its own: no script, nothing that is fetched. */
final class FailurePage {
    private static final String STYLE = """
            body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em;color:#222;background:#fff}
            h1{font-size:1.3em}li{margin-bottom:1em}.bar{background:#eee;height:6px;width:20em}.bar div{background:#b33;height:6px}
            .weak{color:#777}.weak .bar div{background:#999}code{background:#f3f3f3;padding:0 .2em}svg{display:block}
            @media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}code{background:#2a2a2a}.bar{background:#333}}
            """;

    private static final int WIDTH = 480;
    private static final int HEIGHT = 48;

    private FailurePage() {}

    static String of(Diagnosis diagnosis) {
        StringBuilder page = new StringBuilder(8_192);
        Event failure = diagnosis.failure();
        page.append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Why ")
                .append(escaped(diagnosis.agent()))
                .append(" failed</title><style>")
                .append(STYLE)
                .append("</style><h1>Why ")
                .append(escaped(diagnosis.agent()))
                .append(" failed</h1><p><code>event ")
                .append(failure.sequence())
                .append(' ')
                .append(escaped(failure.type()))
                .append("</code> at ")
                .append(failure.time())
                .append(": ")
                .append(escaped(Incident.payload(failure).path("why").asText()))
                .append("</p><p>Looked at: ")
                .append(time(diagnosis.fromNanos()))
                .append(" to ")
                .append(time(diagnosis.toNanos()))
                .append(".</p>");
        if (!diagnosis.explained()) {
            page.append("<p><b>Nothing that was looked at explains it.</b></p>");
        }
        page.append("<ol>");
        diagnosis.factors().forEach(factor -> factor(page, factor, diagnosis.threshold()));
        page.append("</ol><h2>Recorded causes</h2><ul>");
        for (Event cause : diagnosis.causes()) {
            page.append("<li><code>event ")
                    .append(cause.sequence())
                    .append(' ')
                    .append(escaped(cause.type()))
                    .append("</code> ")
                    .append(escaped(cause.subject()))
                    .append(" by ")
                    .append(escaped(cause.actor()))
                    .append("</li>");
        }
        page.append("</ul><h2>Notes</h2><ul>");
        diagnosis
                .notes()
                .forEach(note -> page.append("<li>").append(escaped(note)).append("</li>"));
        return page.append("</ul></html>\n").toString();
    }

    private static void factor(StringBuilder page, Factor factor, double threshold) {
        page.append(factor.impact() < threshold ? "<li class=\"weak\"><b>" : "<li><b>")
                .append(escaped(factor.what()))
                .append("</b><div class=\"bar\"><div style=\"width:")
                .append(String.format(Locale.ROOT, "%.0f%%", 100 * Math.min(1, factor.impact())))
                .append("\"></div></div>impact ")
                .append(String.format(Locale.ROOT, "%.2f", factor.impact()))
                .append(", ")
                .append(factor.basis().name().toLowerCase(Locale.ROOT))
                .append(", ")
                .append(factor.category().name().toLowerCase(Locale.ROOT))
                .append("; ")
                .append(escaped(factor.subject()))
                .append(": ")
                .append(escaped(factor.relation()))
                .append("; since ")
                .append(time(factor.timeNanos()));
        for (Evidence evidence : factor.evidence()) {
            page.append("<div>").append(escaped(evidence.text())).append("</div>");
            evidence.points().ifPresent(points -> curve(page, points));
        }
        page.append("</li>");
    }

    private static void curve(StringBuilder page, Points points) {
        double[] values = points.values();
        long[] times = points.timesMillis();
        if (values.length < 2) {
            return;
        }
        double least = Arrays.stream(values).min().orElse(0);
        double range = Math.max(1e-9, Arrays.stream(values).max().orElse(1) - least);
        double span = Math.max(1, times[times.length - 1] - times[0]);
        page.append("<svg width=\"" + WIDTH + "\" height=\"" + HEIGHT
                + "\" role=\"img\" aria-label=\"course\"><polyline fill=\"none\" stroke=\"#36c\" points=\"");
        for (int i = 0; i < values.length; i++) {
            page.append(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f ",
                    (times[i] - times[0]) / span * WIDTH,
                    HEIGHT - 2 - (values[i] - least) / range * (HEIGHT - 4)));
        }
        page.append("\"/></svg>");
    }

    private static String time(long nanos) {
        return Instant.ofEpochMilli(Math.floorDiv(nanos, 1_000_000)).toString();
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
