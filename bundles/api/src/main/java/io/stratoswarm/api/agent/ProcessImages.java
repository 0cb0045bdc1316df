package io.stratoswarm.api.agent;

import io.stratoswarm.api.StratoswarmException;
import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Lets the next start of an agent go on from an image of its process, instead of running its command. Its keeper, cgroup and output are
 * those of any start; all else is as it is in the image. What fails is a start that failed, and the start after it runs the command.
 */
@ProviderType
public interface ProcessImages {
    /** A new folder for the image, outside of which nothing is kept of it; for the daemon's user alone. Drops what was there of before. */
    Path stage(String agent);

    /**
     * From now on the next start uses it, once; then the folder is gone.
     *
     * @param command makes the process from the image, as a child of whoever runs the command, writes its number into the file
     *     {@code pid} of the folder, and ends with status 0 once it runs; what it says goes to the agent's log
     * @throws StratoswarmException kind UNAVAILABLE where this host lacks what stands between the agent and its keeper then
     */
    void use(String agent, List<String> command);

    /** Drops what was staged and not used. */
    void discard(String agent);
}
