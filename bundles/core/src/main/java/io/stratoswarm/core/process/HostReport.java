package io.stratoswarm.core.process;

import io.stratoswarm.api.host.Capability;
import io.stratoswarm.core.linux.ProcFs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** What this host offers to agents, for a command that runs where no daemon does. */
public final class HostReport {
    private HostReport() {}

    /**
     * The answers in the order of their names.
     *
     * @param data the data folder; where there is none yet, the folder it would be made in is tried
     */
    public static List<Capability> of(Path data) {
        Path folder = data.toAbsolutePath().normalize();
        while (!Files.isDirectory(folder) && folder.getParent() != null) {
            folder = folder.getParent();
        }
        return HostFacts.all(ProcFs.host(), folder).stream()
                .sorted(Comparator.comparing(Capability::name))
                .toList();
    }
}
