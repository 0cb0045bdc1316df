package io.stratoswarm.core.tool;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.JournalReader;
import io.stratoswarm.core.store.StoreCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Copies a data folder. Tables and queues go first and blobs last: what is in a table may then be behind the journal but never
 * ahead of it, and every blob that an event names was stored before the event.
 */
final class Backup {
    private Backup() {}

    static JournalTools.BackupResult run(Path data, Path target, boolean beside) {
        if (Files.exists(target)) {
            throw new StratoswarmException(
                    Kind.CONFLICT, "the backup's target " + target + " exists; name a folder that does not");
        }
        DataFolder from = new DataFolder(data);
        DataFolder to = new DataFolder(target.resolveSibling(target.getFileName() + ".incomplete"));
        try {
            Folders.delete(to.root());
            Folders.createPrivate(to.root());
            StoreCopy.copy(from.tables(), to.tables());
            StoreCopy.copy(from.queues(), to.queues());
            Checkpoint checkpoint;
            try (JournalReader reader = JournalReader.open(from.journal(), JournalOptions.DEFAULT, beside)) {
                checkpoint = reader.checkpoint();
                reader.copyTo(to.journal());
            }
            copyBlobs(from.blobs(), to.blobs());
            Files.copy(data.resolve("FORMAT"), to.root().resolve("FORMAT"));
            Folders.sync(to.root());
            Files.move(to.root(), target);
            return new JournalTools.BackupResult(
                    checkpoint.journal().toString(), checkpoint.size(), checkpoint.rootHash(), target);
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.SYSTEM, "the backup to " + target + " failed: " + e + "; " + removed(to.root()), e);
        } catch (StratoswarmException e) {
            throw new StratoswarmException(
                    e.kind(), "the backup to " + target + " failed: " + e.getMessage() + "; " + removed(to.root()), e);
        }
    }

    /** Half a backup is of no use to anybody, and takes the room that the next try needs. */
    private static String removed(Path incomplete) {
        try {
            Folders.delete(incomplete);
            return "what was copied has been removed";
        } catch (IOException | StratoswarmException e) {
            return "what was copied is incomplete and could not be removed, remove " + incomplete + ": "
                    + e.getMessage();
        }
    }

    static void copyBlobs(Path from, Path to) throws IOException {
        Folders.createPrivate(to);
        if (!Files.isDirectory(from)) {
            return;
        }
        for (Path file : Folders.files(from)) {
            if (!file.getFileName().toString().matches("[0-9a-f]{64}")) {
                continue;
            }
            Path copy = to.resolve(from.relativize(file).toString());
            if (!Files.exists(copy)) {
                Folders.createPrivate(copy.resolveSibling(".").normalize());
                Files.copy(file, copy);
                Folders.syncFile(copy);
            }
        }
    }
}
