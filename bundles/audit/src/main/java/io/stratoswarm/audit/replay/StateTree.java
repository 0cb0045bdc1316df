package io.stratoswarm.audit.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.PastStates;
import java.io.IOException;
import java.util.Arrays;

/** The state of a walk as a tree, made anew only where its bytes have changed. */
final class StateTree {
    static final ObjectMapper JSON = new ObjectMapper();

    private final PastStates.Walk walk;
    private byte[] bytes;
    private JsonNode tree;
    private boolean applied;

    StateTree(PastStates.Walk walk) {
        this.walk = walk;
        this.bytes = walk.state();
        this.tree = parse(bytes);
    }

    void apply(Event event) {
        walk.apply(event);
        applied = true;
    }

    byte[] bytes() {
        if (!applied) {
            return bytes;
        }
        applied = false;
        byte[] now = walk.state();
        if (!Arrays.equals(now, bytes)) {
            bytes = now;
            tree = parse(now);
        }
        return bytes;
    }

    JsonNode tree() {
        bytes();
        return tree;
    }

    static JsonNode parse(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new IllegalStateException("the state of graphs and agents is JSON", e);
        }
    }
}
