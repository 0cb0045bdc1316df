package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writing for the POSIX shell, and the tools that scripts call, by absolute path. */
final class Shell {
    private static final List<Path> FOLDERS =
            List.of(Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/sbin"), Path.of("/sbin"));

    private Shell() {}

    /** A word that the shell takes as it stands, whatever it holds. */
    static String quote(String word) {
        if (word.indexOf('\0') >= 0) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.INVALID,
                    "a NUL character in '" + word.replace('\0', '?')
                            + "': no argument or variable of a process can hold one");
        }
        return "'" + word.replace("'", "'\\''") + "'";
    }

    static String quote(List<String> words) {
        return words.stream().map(Shell::quote).collect(Collectors.joining(" "));
    }

    static Optional<Path> find(String tool) {
        return FOLDERS.stream()
                .map(folder -> folder.resolve(tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Path tool(String name) {
        return find(name)
                .orElseThrow(() -> new StratoswarmException(
                        StratoswarmException.Kind.UNAVAILABLE,
                        "the program " + name
                                + " is missing in /usr/bin and /bin; install the package that holds it (dash, "
                                + "bash, coreutils or util-linux)"));
    }
}
