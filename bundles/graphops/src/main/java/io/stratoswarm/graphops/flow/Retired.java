package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Strands of a flow whose sources are gone: their counts go to the flow's account, and their pipes and state are removed. */
final class Retired {
    /** Of the file of a strand's state. */
    static final String ENDING = ".cells";

    private final Shop shop;
    private final Path folder;
    private final String pipes;

    /**
     * @param folder of the flow's state
     * @param pipes prefix of the flow's pipes
     */
    Retired(Shop shop, Path folder, String pipes) {
        this.shop = shop;
        this.folder = folder;
        this.pipes = pipes;
    }

    /** Ends what a crash left half done, and takes over the counts of all strands but these. */
    void look(Account account, List<String> present, Framer framer, int notes) {
        for (String strand : strands()) {
            if (Account.mark(strand) == account.from()) {
                goOn(strand, account);
            }
        }
        if (account.from() != 0) {
            account.taken();
        }
        for (String strand : strands()) {
            if (!present.contains(strand)) {
                Cells cells = Cells.open(file(strand), Words.OUTLETS, 0);
                long lost = new Rest(shop, cells, pipes(strand), framer, notes).dropAll();
                account.takeStrand(strand, cells, lost, () -> remove(strand));
            }
        }
    }

    private void goOn(String strand, Account account) {
        if (account.fromReceiver() == 0) {
            remove(strand);
            return;
        }
        Cells cells = Cells.open(file(strand), Words.OUTLETS, 0);
        for (int at : Slots.all(cells)) {
            if (cells.get(at + Words.KEY) == account.fromReceiver()) {
                Slots.clear(cells, at);
                cells.commit();
            }
        }
    }

    private Path file(String strand) {
        return folder.resolve(strand + ENDING);
    }

    private String pipes(String strand) {
        return pipes + strand + "/";
    }

    /** The pipes first: bytes in them must not be found by another strand of this name. */
    private void remove(String strand) {
        shop.pipes().removeKept(pipes(strand));
        try {
            Files.deleteIfExists(file(strand));
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.SYSTEM, "cannot remove the state of a flow from a source that is gone: " + e, e);
        }
    }

    private List<String> strands() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(it -> it.getFileName().toString())
                    .filter(it -> it.endsWith(ENDING) && !it.equals(Account.FILE))
                    .map(it -> it.substring(0, it.length() - ENDING.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot read " + folder + ": " + e, e);
        }
    }
}
