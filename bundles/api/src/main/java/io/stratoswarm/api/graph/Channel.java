package io.stratoswarm.api.graph;

import java.util.Optional;

/**
 * An end of a node that flows connect to. Each node has {@code stdin} and {@code stdout} without saying so.
 *
 * @param name unique in the node
 * @param out whether the node writes to it
 * @param data name of the data type that it carries, where the node says so
 */
public record Channel(String name, boolean out, Optional<String> data) {
    public static final String STDIN = "stdin";
    public static final String STDOUT = "stdout";
}
