package io.stratoswarm.api.graph;

import java.util.Optional;

/**
 * What records are.
 *
 * @param name {@code text}, {@code json}, {@code bytes}, or one that the graph declares
 * @param schema JSON Schema (2020-12), or the absolute path of a file that holds one; only with format JSON
 */
public record DataType(String name, Format format, Optional<Schema> schema) {
    public enum Format {
        TEXT,
        JSON,
        BYTES
    }

    public static final DataType TEXT = new DataType("text", Format.TEXT, Optional.empty());
    public static final DataType JSON = new DataType("json", Format.JSON, Optional.empty());
    public static final DataType BYTES = new DataType("bytes", Format.BYTES, Optional.empty());

    /** Where a schema is. */
    public sealed interface Schema {
        /** @param path absolute, on the host that runs the flow */
        record InFile(String path) implements Schema {}

        /** @param json the schema itself */
        record Inline(String json) implements Schema {}
    }
}
