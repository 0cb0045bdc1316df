package io.stratoswarm.graphops.reshape;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.store.TableStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Proposals on disk. */
final class ProposalTable {
    private static final int VERSION = 1;
    private static final int PAGE = 500;

    private final TableStore.Table table;

    ProposalTable(TableStore tables) {
        table = tables.open("graphops.proposals", VERSION);
    }

    List<Stored> load() {
        List<Stored> found = new ArrayList<>();
        String from = "";
        while (true) {
            List<Map.Entry<String, byte[]>> page = table.scan("", from, PAGE);
            for (Map.Entry<String, byte[]> entry : page) {
                try {
                    found.add(Json.MAPPER.readValue(entry.getValue(), Stored.class));
                } catch (IOException e) {
                    throw new StratoswarmException(
                            Kind.DAMAGED,
                            "what is kept of proposal " + entry.getKey() + " cannot be read: " + e.getMessage(),
                            e);
                }
            }
            if (page.size() < PAGE) {
                return found;
            }
            from = page.getLast().getKey() + "\0";
        }
    }

    void put(Stored stored) {
        try {
            table.write(Map.of(key(stored.number()), Optional.of(Json.MAPPER.writeValueAsBytes(stored))));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a proposal could not be written down", e);
        }
    }

    void remove(long number) {
        table.write(Map.of(key(number), Optional.empty()));
    }

    private static String key(long number) {
        return String.format(Locale.ROOT, "%012d", number);
    }
}
