package io.stratoswarm.core.daemon;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A folder that a daemon can run from. */
record Distribution(Path home, String version) {
    private static final int WRITABLE_BY_OTHERS = 0022;

    /**
     * Examines a folder before the daemon is replaced by what is in it: a mistake found here leaves everything running.
     *
     * @throws StratoswarmException kind INVALID where it is no distribution, FORBIDDEN where others could have written it
     */
    static Distribution examine(String folder, int user) {
        Path home = Path.of(folder);
        if (!home.isAbsolute()) {
            throw new StratoswarmException(Kind.INVALID, "'" + folder + "' must be an absolute path");
        }
        for (String part : List.of("stratoswarm", "VERSION", "lib", "bundles", "felix-config")) {
            if (!Files.exists(home.resolve(part))) {
                throw new StratoswarmException(
                        Kind.INVALID,
                        home + " is no distribution of stratoswarm: it has no '" + part
                                + "'; unpack stratoswarm.tar.gz and name the folder that this makes");
            }
        }
        if (!Files.isExecutable(home.resolve("stratoswarm"))) {
            throw new StratoswarmException(
                    Kind.INVALID, home + "/stratoswarm is not executable; run: chmod +x '" + home + "/stratoswarm'");
        }
        try {
            for (String part : List.of("", "stratoswarm", "lib", "bundles", "felix-config")) {
                requireTrusted(home.resolve(part), user);
            }
            return new Distribution(
                    home, Files.readString(home.resolve("VERSION")).strip());
        } catch (IOException e) {
            throw new StratoswarmException(Kind.INVALID, home + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void requireTrusted(Path path, int user) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:uid,mode");
        int owner = (Integer) Objects.requireNonNull(attributes.get("uid"));
        int mode = (Integer) Objects.requireNonNull(attributes.get("mode"));
        if (owner != 0 && owner != user) {
            throw new StratoswarmException(
                    Kind.FORBIDDEN,
                    path + " belongs to uid " + owner + ", which is neither root nor the daemon's user");
        }
        if ((mode & WRITABLE_BY_OTHERS) != 0) {
            throw new StratoswarmException(
                    Kind.FORBIDDEN,
                    path + " can be written to by others than its owner; run: chmod -R go-w '" + path + "'");
        }
    }
}
