package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.AgentSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says in one line why a start failed. */
final class SetupFailures {
    private static final int NOT_EXECUTABLE = 126;
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private SetupFailures() {}

    static String explain(KeeperState.Failure failure, @Nullable AgentSpec spec) {
        if (!failure.step().equals(StartScript.EXEC_STEP)
                || spec == null
                || spec.command().isEmpty()) {
            return "cannot " + failure.step() + " (exit " + failure.code()
                    + "); the agent's log has the message of the tool";
        }
        String program = spec.command().get(0);
        if (!program.contains("/")) {
            String path = spec.environment().getOrDefault("PATH", DEFAULT_PATH);
            return failure.code() == NOT_EXECUTABLE
                    ? "command '" + program + "' was found on the PATH and may not be executed; see its mode and owner"
                    : "command '" + program + "' was not found on the PATH " + path
                            + "; install it or give its absolute path";
        }
        Path file = Path.of(program);
        if (!file.isAbsolute()) {
            return "command '" + program + "' cannot be run from the working directory (exit " + failure.code()
                    + "); give its absolute path";
        }
        if (!Files.exists(file)) {
            return "command '" + program + "' does not exist; correct the path in 'command'";
        }
        if (Files.isDirectory(file)) {
            return "command '" + program + "' is a folder; name the program in it";
        }
        if (failure.code() == NOT_EXECUTABLE) {
            return "command '" + program + "' is not executable"
                    + mode(file).map(m -> " (mode " + m + ")").orElse("")
                    + " for the agent's user; chmod +x it, or see the folders above it and the mount option noexec";
        }
        return "command '" + program
                + "' exists, but the interpreter or loader that it names does not; see its first line";
    }

    private static Optional<String> mode(Path file) {
        try {
            return Optional.of(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }
}
