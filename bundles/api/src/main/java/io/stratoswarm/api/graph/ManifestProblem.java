package io.stratoswarm.api.graph;

/**
 * What is wrong with a manifest, and where.
 *
 * @param file name as given by the caller
 * @param line from 1; 0 where it has no place
 * @param column from 1, in characters
 * @param message what is wrong and what to do, one line
 * @param excerpt the line of the source, may be empty
 */
public record ManifestProblem(String file, int line, int column, String message, String excerpt) {
    /** {@code file:line:column: message}. */
    public String render() {
        return file + ":" + line + ":" + column + ": " + message;
    }
}
