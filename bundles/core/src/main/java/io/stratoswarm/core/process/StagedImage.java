package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The image that an agent's next start goes on from, if there is one: the start script runs the file {@code begin}, which comes last, and
 * what it runs removes the folder. It is not in the runtime folder, where a stop removes all.
 */
record StagedImage(AgentFolder folder) {
    private static final String RUNNER = "restore.pl";

    /** Of all agents. */
    static Path all(Path data) {
        return data.resolve("images");
    }

    private Path root() {
        return all(folder.data().root()).resolve(folder.name());
    }

    Path begin() {
        return root().resolve("begin");
    }

    Path make() {
        try {
            drop();
            return Files.createDirectories(
                    root(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.SYSTEM, "the folder " + root() + " cannot be made: " + Cgroups.reason(e), e);
        }
    }

    void use(List<String> command) {
        Path perl = Shell.find("perl")
                .orElseThrow(() -> new StratoswarmException(
                        Kind.UNAVAILABLE,
                        "the program perl is missing in /usr/bin and /bin; it waits for agents that go on from an image"
                                + " (package perl-base)"));
        String order = "exec " + perl + " " + Shell.quote(root().resolve(RUNNER).toString())
                + " \"$_sw_number\" \"$_sw_agent\" " + Shell.quote(root().toString()) + " 3>&- 5>&- 6>&- 9>&-\n";
        try (InputStream runner = StagedImage.class.getResourceAsStream(RUNNER)) {
            if (runner == null) {
                throw new IllegalStateException("the bundle lacks its " + RUNNER);
            }
            Files.copy(runner, root().resolve(RUNNER));
            Files.writeString(root().resolve("plan"), String.join("\0", command));
            Path aside = Files.writeString(root().resolve("begin.new"), order);
            Files.move(aside, begin(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.SYSTEM, "the image in " + root() + " cannot be used: " + Cgroups.reason(e), e);
        }
    }

    void drop() {
        Scripts.deleteTree(root());
    }
}
