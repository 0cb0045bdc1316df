package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A trail as one page of HTML that needs nothing else. Everything that comes out of events is escaped. */
final class TrailPage {
    private static final String STYLE = """
            body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; color: #1c2733; background: #fff }
            h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
            table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #dde3e9 }
            th { font-weight: 600 } td.n { font-variant-numeric: tabular-nums; white-space: nowrap } code { overflow-wrap: anywhere }
            tr:target { background: #fff3c4 } .bad { color: #a3161a } .good { color: #14652b } .wide { overflow-x: auto }
            @media (prefers-color-scheme: dark) { body { color: #e4e9ee; background: #12181f } th, td { border-color: #2b3742 }
              tr:target { background: #4a3d0c } .bad { color: #ff8a85 } .good { color: #79d394 } a { color: #7db4ff } svg { background: #f4f6f8 } }
            """;

    private final StringBuilder out = new StringBuilder();
    private final Map<String, Object> trail;

    private TrailPage(Map<String, Object> trail) {
        this.trail = trail;
    }

    static String of(String title, Map<String, Object> trail, GraphDrawing drawing, Context context)
            throws IOException {
        TrailPage page = new TrailPage(trail);
        page.out
                .append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>Audit trail: ")
                .append(escape(title))
                .append("</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>")
                .append(STYLE)
                .append("</style></head><body>\n<h1>Audit trail: ")
                .append(escape(title))
                .append("</h1>\n");
        Map<String, Object> checkpoint = JsonText.child(trail, "checkpoint");
        page.out
                .append("<p>Made ")
                .append(escape(context.clock().instant().toString()))
                .append(" out of journal <code>")
                .append(escape(JsonText.text(checkpoint, "journal")))
                .append("</code>, ")
                .append(escape(JsonText.text(checkpoint, "size")))
                .append(" events, root <code>")
                .append(escape(JsonText.text(checkpoint, "rootHash")))
                .append("</code>. ")
                .append(JsonText.flag(trail, "more") ? "Earlier events match as well and are not shown. " : "")
                .append("</p>\n");
        page.compliance();
        page.decisions();
        page.events("What led to it", JsonText.objects(trail, "led"));
        page.events("What happened", JsonText.objects(trail, "events"));
        if (!drawing.boxes().isEmpty()) {
            page.out
                    .append("<h2>Causes</h2>\n<div class=\"wide\">")
                    .append(SvgDrawing.of(drawing))
                    .append("</div>\n");
        }
        return page.out.append("</body></html>\n").toString();
    }

    private void compliance() {
        out.append("<h2>Rules</h2>\n");
        List<Map<String, Object>> broken = JsonText.objects(trail, "broken");
        if (broken.isEmpty()) {
            out.append("<p class=\"good\">No rule was broken here.</p>\n");
            return;
        }
        head("Rule broken", "Severity", "Times");
        for (Map<String, Object> each : broken) {
            out.append("<tr>");
            cell("bad", JsonText.text(each, "rule"));
            cell("", JsonText.text(each, "severity"));
            cell("n", JsonText.text(each, "times"));
            out.append("</tr>\n");
        }
        out.append("</table>\n");
    }

    private void decisions() {
        List<Map<String, Object>> decisions = JsonText.objects(trail, "decisions");
        if (decisions.isEmpty()) {
            return;
        }
        out.append("<h2>Decisions</h2>\n");
        head("Event", "What", "About", "By", "Why", "Confidence", "Ruling", "Outcome");
        for (Map<String, Object> each : decisions) {
            String outcome = JsonText.text(each, "outcome");
            out.append("<tr>");
            link(JsonText.text(each, "sequence"));
            cell("", JsonText.text(each, "decisionType"));
            cell("", JsonText.text(each, "agent"));
            cell("", JsonText.text(each, "actor"));
            cell("", JsonText.text(each, "reasoning"));
            cell("n", JsonText.text(each, "confidence"));
            cell(JsonText.text(each, "ruling").equals("allow") ? "" : "bad", JsonText.text(each, "ruling"));
            cell(
                    outcome.isEmpty() ? "" : JsonText.flag(each, "success") ? "good" : "bad",
                    outcome.isEmpty() ? "not known" : outcome);
            out.append("</tr>\n");
        }
        out.append("</table>\n");
    }

    private void events(String title, List<Map<String, Object>> events) throws IOException {
        if (events.isEmpty()) {
            return;
        }
        out.append("<h2>").append(escape(title)).append("</h2>\n");
        head("Event", "Time", "Type", "Subject", "By", "Causes", "What");
        for (Map<String, Object> event : events) {
            String sequence = JsonText.text(event, "sequence");
            out.append("<tr id=\"e").append(escape(sequence)).append("\">");
            cell("n", sequence);
            cell("n", Times.shortened(JsonText.text(event, "time")));
            cell("", JsonText.text(event, "type"));
            cell("", JsonText.text(event, "subject"));
            cell("", JsonText.text(event, "actor"));
            out.append("<td class=\"n\">");
            for (String cause :
                    AuditQuery.causes(JsonText.number(event, "sequence"), trail).split(" ", -1)) {
                anchor(cause);
            }
            out.append("</td>");
            cell("", EventText.of(event));
            out.append("</tr>\n");
        }
        out.append("</table>\n");
    }

    private void head(String... titles) {
        out.append("<table><tr>");
        for (String title : titles) {
            out.append("<th>").append(escape(title)).append("</th>");
        }
        out.append("</tr>\n");
    }

    private void cell(String style, String text) {
        out.append(style.isEmpty() ? "<td>" : "<td class=\"" + style + "\">")
                .append(escape(text))
                .append("</td>");
    }

    private void link(String sequence) {
        out.append("<td class=\"n\">");
        anchor(sequence);
        out.append("</td>");
    }

    private void anchor(String sequence) {
        if (!sequence.isEmpty()) {
            out.append("<a href=\"#e%s\">%s</a> ".formatted(escape(sequence), escape(sequence)));
        }
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
