package io.stratoswarm.core.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.host.Capability;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.linux.ProcFs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphansTest {
    private static final String AGENT = "lost/api";

    @TempDir
    Path root;

    private static List<Orphans.Orphan> ours() {
        return Orphans.find(ProcFs.host()).stream()
                .filter(orphan -> orphan.agent().equals(AGENT))
                .toList();
    }

    @Test
    void shouldFindAKeeperWhoseFolderWasDeletedAndNameWhatEndsIt() throws Exception {
        DataFolder data = new DataFolder(root.resolve("data"));
        Recorder told = new Recorder();
        LinuxProcessHost host = LinuxProcessHost.open(data, InstantSource.system(), new SecureRandom());
        host.listener(told);
        host.start(AGENT, 1, SpecBuilder.shell("exec sleep 1000").build());
        int agent = told.await("started", AGENT, 1).pid();
        assertEquals(List.of(), ours(), "its folder is there");
        host.close();
        String group = "stratoswarm-"
                + Files.readString(data.agents().resolve(".token")).substring(0, 12);

        Folders.delete(data.root());

        List<Orphans.Orphan> found = ours();
        assertEquals(1, found.size(), found.toString());
        Capability said = Orphans.capability(ProcFs.host());
        assertFalse(said.available());
        assertTrue(said.detail().contains(AGENT + " (" + found.getFirst().pid() + ")"), said.detail());

        int keeper = found.getFirst().pid();
        new ProcessBuilder("pkill", "-KILL", "-s", Integer.toString(keeper))
                .start()
                .waitFor(10, TimeUnit.SECONDS);
        for (int i = 0; i < 5_000 && (alive(keeper) || alive(agent)); i++) {
            Thread.sleep(1);
        }
        assertFalse(alive(keeper) || alive(agent), "the command named ends both");
        Cgroups groups = Cgroups.ofHost(ProcFs.host(), group);
        groups.removeSoon(AgentFolder.encode(AGENT));
        groups.removeRoot();
    }

    private static boolean alive(int pid) {
        return ProcFs.host().stat(pid).filter(ProcFs.Stat::alive).isPresent();
    }
}
