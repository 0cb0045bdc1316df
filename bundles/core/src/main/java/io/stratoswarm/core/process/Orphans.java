package io.stratoswarm.core.process;

import io.stratoswarm.api.host.Capability;
import io.stratoswarm.core.linux.ProcFs;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Keepers whose runtime folder was deleted beneath them. No daemon can find them any more, so they and their agents would run on
 * unseen; they are told of, and ended by nobody but the operator.
 */
final class Orphans {
    private static final String SCRIPT = "/agents/.keeper.sh";
    private static final int NAMED = 8;

    /** A keeper, and the agent it was started for. */
    record Orphan(int pid, String agent) {}

    private Orphans() {}

    static List<Orphan> find(ProcFs proc) {
        List<Orphan> found = new ArrayList<>();
        for (int pid : proc.pids()) {
            List<String> words = proc.arguments(pid);
            // dash KEEPER.SH FOLDER AGENT ...; a keeper's working folder is its runtime folder for life.
            if (words.size() >= 4
                    && words.get(1).endsWith(SCRIPT)
                    && proc.stat(pid).filter(stat -> stat.session() == pid).isPresent()
                    && proc.folder(pid).endsWith(" (deleted)")) {
                found.add(new Orphan(pid, URLDecoder.decode(words.get(3), StandardCharsets.UTF_8)));
            }
        }
        return found;
    }

    static Capability capability(ProcFs proc) {
        List<Orphan> found = find(proc);
        if (found.isEmpty()) {
            return new Capability("agents.orphans", true, "no keeper runs whose data folder was deleted");
        }
        String named = found.stream()
                .limit(NAMED)
                .map(orphan -> orphan.agent() + " (" + orphan.pid() + ")")
                .collect(Collectors.joining(", "));
        String sessions =
                found.stream().map(orphan -> Integer.toString(orphan.pid())).collect(Collectors.joining(","));
        return new Capability(
                "agents.orphans",
                false,
                "the data folder was deleted beneath " + found.size() + " keepers, which run on with their agents: "
                        + named + (found.size() > NAMED ? ", ..." : "") + "; to end them: pkill -KILL -s " + sessions);
    }
}
