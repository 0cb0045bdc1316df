package io.stratoswarm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code replay --without} and {@code replay --re-decide}. */
final class ReplayBranch {
    private static final int SHOWN = 20;

    private ReplayBranch() {}

    static ExitCode without(String events, String to, Context context) throws Failure, IOException {
        String answer = context.daemon()
                .get("replay/without?events=" + ApiClient.encode(events) + "&to=" + ApiClient.encode(to));
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Map<String, Object> branch = JsonText.object(answer);
        List<Map<String, Object>> leftOut = JsonText.objects(branch, "leftOut");
        context.out().println(context.terminal().bold("left out: " + leftOut.size() + " events"));
        Table table = new Table("EVENT", "TYPE", "SUBJECT", "WHY");
        leftOut.stream()
                .limit(SHOWN)
                .forEach(out -> table.row(
                        JsonText.text(out, "sequence"),
                        JsonText.text(out, "type"),
                        JsonText.text(out, "subject"),
                        JsonText.text(out, "why")));
        table.print(context);
        if (leftOut.size() > SHOWN) {
            context.out().println("and " + (leftOut.size() - SHOWN) + " more; --json lists all");
        }
        for (Map<String, Object> ruling : JsonText.objects(branch, "rulings")) {
            context.out()
                    .println(Table.printable("at event " + JsonText.text(ruling, "sequence") + " the restart policy of "
                            + JsonText.text(ruling, "agent") + " said '" + JsonText.text(ruling, "then")
                            + "' and would say '" + JsonText.text(ruling, "now") + "'"));
        }
        context.out().println(context.terminal().bold("what would be otherwise, from what was to what would be"));
        StateText.differences(JsonText.objects(branch, "differences"), context);
        for (Map<String, Object> note : JsonText.objects(branch, "notes")) {
            context.out()
                    .println(Table.printable((JsonText.flag(note, "exact") ? "exact:    " : "estimate: ")
                            + JsonText.text(note, "text")));
        }
        return ExitCode.OK;
    }

    static ExitCode redecide(String from, String to, Context context) throws Failure, IOException {
        String answer = context.daemon().postJson("replay/redecide", Map.of("from", from, "to", to));
        if (context.json()) {
            context.out().println(answer);
            return ExitCode.OK;
        }
        Table table = new Table("EVENT", "SCRIPT", "VERSION", "TODAY", "DETAIL");
        List<Map<String, Object>> decisions = JsonText.objects(JsonText.object(answer), "decisions");
        for (Map<String, Object> decision : decisions) {
            boolean known = decision.containsKey("sequence");
            String agreement = JsonText.text(decision, "agreement");
            String detail = JsonText.text(decision, "detail");
            table.row(
                    known ? JsonText.text(decision, "sequence") : "-",
                    JsonText.text(decision, "script"),
                    JsonText.flag(decision, "sameVersion") ? "same" : "another",
                    agreement,
                    agreement.equals("different")
                            ? detail + ": " + JsonText.write(decision.get("then")) + " -> "
                                    + JsonText.write(decision.get("now"))
                            : detail);
        }
        table.print(context);
        if (decisions.isEmpty()) {
            context.err().println("no script decided anything in that time");
        }
        return ExitCode.OK;
    }
}
