package io.stratoswarm.core.process;

import io.stratoswarm.core.data.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts keepers. */
final class KeeperLauncher {
    private final Path script;
    private final Detached detached;

    KeeperLauncher(DataFolder data, Detached detached) throws IOException {
        this.detached = detached;
        script = data.agents().resolve(".keeper.sh").toAbsolutePath();
        Detached.install("keeper.sh", script);
        // Missing, it is told of now and not at the first start.
        Shell.tool("dash");
    }

    void launch(AgentFolder folder, List<Path> cgroups) {
        List<String> command = new ArrayList<>(List.of(
                Shell.tool("dash").toString(),
                script.toString(),
                folder.runtime().toAbsolutePath().toString(),
                folder.name()));
        cgroups.forEach(procs -> command.add(procs.toString()));
        detached.start("the keeper of " + folder.name(), folder.runtime().resolve("launch"), command);
    }
}
