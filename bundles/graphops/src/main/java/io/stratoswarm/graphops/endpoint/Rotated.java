package io.stratoswarm.graphops.endpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A file and those beside it that had its name before: {@code app.log.1}, {@code app.log-20260101}; compressed ones cannot be read. */
final class Rotated {
    private static final Pattern SUFFIX = Pattern.compile("[.-][0-9][0-9T:_.-]*");

    private final Path path;

    Rotated(Path path) {
        this.path = path;
    }

    private record Sibling(Path path, FileTime time) {}

    /** Oldest change first, the file itself last. */
    private List<Sibling> all() throws IOException {
        List<Sibling> found = new ArrayList<>();
        String name = String.valueOf(path.getFileName());
        Path folder = path.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return found;
        }
        try (Stream<Path> list = Files.list(folder)) {
            for (Path each : list.toList()) {
                String other = String.valueOf(each.getFileName());
                if (other.startsWith(name)
                        && SUFFIX.matcher(other.substring(name.length())).matches()
                        && Files.isRegularFile(each)) {
                    found.add(new Sibling(each, Files.getLastModifiedTime(each)));
                }
            }
        } catch (NoSuchFileException e) {
            // One was removed while they were looked at; the next look sees what is there.
            return all();
        }
        found.sort(Comparator.comparing(Sibling::time));
        if (Files.isRegularFile(path)) {
            found.add(new Sibling(path, Files.getLastModifiedTime(path)));
        }
        return found;
    }

    /** The file that was read up to this place. */
    Optional<FileId.Opened> find(Place place) throws IOException {
        for (Sibling each : all().reversed()) {
            if (FileId.at(each.path()).filter(place.file()::equals).isPresent()) {
                FileId.Opened opened = FileId.open(each.path(), Set.of(StandardOpenOption.READ));
                if (opened.id().equals(place.file())
                        && opened.channel().size() >= place.offset()
                        && FileId.beginning(opened.channel(), place.offset()) == place.beginning()) {
                    return Optional.of(opened);
                }
                opened.close();
            }
        }
        return Optional.empty();
    }

    /** The one that was begun next; empty where that is not known, and then it is the one that has the name now. */
    Optional<FileId.Opened> after(FileId file) throws IOException {
        boolean passed = false;
        for (Sibling each : all()) {
            if (passed) {
                return Optional.of(FileId.open(each.path(), Set.of(StandardOpenOption.READ)));
            }
            passed = FileId.at(each.path()).filter(file::equals).isPresent();
        }
        return Optional.empty();
    }
}
