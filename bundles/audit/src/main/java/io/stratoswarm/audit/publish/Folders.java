package io.stratoswarm.audit.publish;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.JournalTiles;
import io.stratoswarm.api.log.LogFolders;
import io.stratoswarm.audit.note.Note;
import io.stratoswarm.audit.note.TreeHead;
import java.nio.file.Path;
import java.util.Optional;

/** Writes folders, for the command line. */
public final class Folders implements LogFolders {
    @Override
    public Source stopped(Path data, JournalTiles journal) {
        LogState state = new LogState(data, journal.id());
        Note note = state.read(LogState.CHECKPOINT)
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND,
                        "nothing of the journal " + journal.id() + " was signed yet; start the daemon once"));
        TreeHead head = TreeHead.parse(note.text());
        Checkpoint now = journal.checkpoint();
        if (head.size() > now.size()
                || !journal.proveConsistency(head.size(), head.size()).root1().equals(head.root())) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "the journal has " + now.size() + " events and is not what was signed, a tree of " + head.size()
                            + " events with root " + head.root()
                            + ": it was rolled back to an older copy or replaced");
        }
        Tiles tiles = new Tiles(journal);
        return path -> {
            if (path.equals(LogState.CHECKPOINT)) {
                return Optional.of(note.bytes());
            }
            if (path.equals(LogState.COSIGNED)) {
                return state.read(LogState.COSIGNED).map(Note::bytes);
            }
            if (path.equals(LogState.MINIMUM)) {
                return tiles.minimumFile();
            }
            return TilePath.parse(path)
                    .filter(tile -> tile.within(head.size()) && !tiles.pruned(tile))
                    .map(tiles::read);
        };
    }

    @Override
    public Published publish(Source source, Path folder) {
        return new FolderPublisher(source, folder).publish();
    }
}
