package io.stratoswarm.core.script;

import io.stratoswarm.core.deploy.FolderGuard;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a folder of scripts and those below it, one step at a time. A file counts once two looks in a row saw it unchanged.
 * Files that are no scripts, hidden ones and what editors and tools put beside them are passed over.
 */
final class FolderScan {
    static final int MAX_FILES = 1_000;
    private static final int MAX_DEPTH = 8;
    private static final Set<String> PASSED_OVER = Set.of("types", "node_modules", "__pycache__");

    private final Path root;
    private final FolderGuard guard;
    private Map<Path, Look> looks = new HashMap<>();
    private final Map<Path, Look> settled = new TreeMap<>();
    private volatile Optional<String> problem = Optional.empty();

    /** What is seen of a file without reading it; any change of its content changes this. */
    private record Look(
            long size, long modifiedNanos, @Nullable Object key, Object changed) {}

    /**
     * What a step found.
     *
     * @param changed files that are new or changed, and rest
     * @param gone files that were there
     * @param restless whether some file is being written
     * @param problem why nothing in this folder may be trusted; then all of its files are gone
     * @param news whether the last step did not say the same
     */
    record Found(Set<Path> changed, Set<Path> gone, boolean restless, Optional<String> problem, boolean news) {}

    FolderScan(Path root, FolderGuard guard) {
        this.root = root;
        this.guard = guard;
    }

    Path root() {
        return root;
    }

    Optional<String> problem() {
        return problem;
    }

    boolean empty() {
        return settled.isEmpty();
    }

    /** The file will be reported as changed again. */
    void again(Path file) {
        settled.remove(file);
    }

    Found step() throws IOException {
        Map<Path, Look> now = new TreeMap<>();
        Optional<String> before = problem;
        problem = Files.exists(root, LinkOption.NOFOLLOW_LINKS) ? walk(now) : Optional.empty();
        if (problem.isPresent()) {
            now.clear();
        }
        Set<Path> changed = new TreeSet<>();
        boolean restless = false;
        for (Map.Entry<Path, Look> each : now.entrySet()) {
            if (each.getValue().equals(settled.get(each.getKey()))) {
                continue;
            }
            if (each.getValue().equals(looks.get(each.getKey()))) {
                settled.put(each.getKey(), each.getValue());
                changed.add(each.getKey());
            } else {
                restless = true;
            }
        }
        Set<Path> gone = new TreeSet<>(settled.keySet());
        gone.removeAll(now.keySet());
        settled.keySet().removeAll(gone);
        looks = now;
        return new Found(changed, gone, restless, problem, !problem.equals(before));
    }

    private Optional<String> walk(Map<Path, Look> found) throws IOException {
        Optional<String> wrong = guard.folderProblem(root);
        if (wrong.isPresent()) {
            return wrong;
        }
        String[] tooMany = {""};
        Files.walkFileTree(
                root, EnumSet.noneOf(java.nio.file.FileVisitOption.class), MAX_DEPTH, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                        if (folder.equals(root)) {
                            return FileVisitResult.CONTINUE;
                        }
                        String name = String.valueOf(folder.getFileName());
                        // What is below a folder that others can write to is passed over like a file that they can
                        // write to.
                        return name.startsWith(".")
                                        || PASSED_OVER.contains(name)
                                        || guard.folderProblem(folder).isPresent()
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                        String name = String.valueOf(file.getFileName());
                        if (name.startsWith(".")
                                || Language.of(name).isEmpty()
                                        && Language.refusal(name).isEmpty()
                                || attributes.isDirectory()) {
                            return FileVisitResult.CONTINUE;
                        }
                        if (found.size() >= MAX_FILES) {
                            tooMany[0] = root + " holds more than " + MAX_FILES + " scripts; move some away";
                            return FileVisitResult.TERMINATE;
                        }
                        try {
                            Object changed = Objects.requireNonNull(
                                    Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS));
                            found.put(
                                    file,
                                    new Look(
                                            attributes.size(),
                                            attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                                            attributes.fileKey(),
                                            changed));
                        } catch (java.nio.file.NoSuchFileException e) {
                            return FileVisitResult.CONTINUE; // It left during the walk; the next step sees that.
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) {
                        return FileVisitResult.CONTINUE; // Likewise gone, or unreadable, which reading it will tell.
                    }
                });
        return tooMany[0].isEmpty() ? Optional.empty() : Optional.of(tooMany[0]);
    }
}
