package io.stratoswarm.core.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Says why code in a folder must not be trusted: because others than the daemon's user and root could have put it there. */
public final class FolderGuard {
    private static final int TYPE_MASK = 0170000;
    private static final int REGULAR = 0100000;
    private static final int FOLDER = 0040000;
    private static final int LINK = 0120000;
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_OTHERS = 0022;

    private final int trustedUser;

    public FolderGuard(int trustedUser) {
        this.trustedUser = trustedUser;
    }

    /** What is wrong with a watched folder and what to do, in one line; empty where nothing is. */
    public Optional<String> folderProblem(Path folder) {
        try {
            Path real = folder.toRealPath();
            Attributes attributes = read(real);
            if (attributes.type() != FOLDER) {
                return Optional.of(folder + " is not a folder; remove it and run: mkdir -m 700 '" + folder + "'");
            }
            Optional<String> problem = problem(real, attributes);
            Path parent = real.getParent();
            if (problem.isPresent() || parent == null) {
                return problem;
            }
            // Whoever may write to the parent can put another folder in this one's place, unless the sticky bit forbids
            // it.
            Attributes above = read(parent);
            return (above.mode() & STICKY) != 0 ? Optional.empty() : problem(parent, above);
        } catch (NoSuchFileException e) {
            return Optional.of(folder + " does not exist; run: mkdir -m 700 '" + folder + "'");
        } catch (IOException e) {
            return Optional.of(folder + " cannot be examined: " + e.getMessage());
        }
    }

    /** What is wrong with one file in the folder. */
    public Optional<String> fileProblem(Path file) throws IOException {
        Attributes attributes = read(file);
        if (attributes.type() == LINK) {
            return Optional.of("is a symbolic link; put the file itself there");
        }
        if (attributes.type() != REGULAR) {
            return Optional.of("is not a regular file");
        }
        return problem(file, attributes);
    }

    public int owner(Path file) throws IOException {
        return read(file).owner();
    }

    private Optional<String> problem(Path path, Attributes attributes) {
        if (attributes.owner() != 0 && attributes.owner() != trustedUser) {
            return Optional.of(path + " belongs to uid " + attributes.owner()
                    + ", which is neither root nor the daemon's user; run: chown " + trustedUser + " '" + path + "'");
        }
        if ((attributes.mode() & WRITABLE_BY_OTHERS) != 0) {
            return Optional.of(path + " can be written to by others than its owner (mode "
                    + Integer.toOctalString(attributes.mode() & 07777) + "); run: chmod go-w '" + path + "'");
        }
        return Optional.empty();
    }

    private static Attributes read(Path path) throws IOException {
        Map<String, Object> map = Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        return new Attributes(
                (Integer) Objects.requireNonNull(map.get("uid")), (Integer) Objects.requireNonNull(map.get("mode")));
    }

    private record Attributes(int owner, int mode) {
        int type() {
            return mode & TYPE_MASK;
        }
    }
}
