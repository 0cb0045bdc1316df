package io.stratoswarm.graphops.flow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Refuses records that do not fit a JSON Schema (draft 2020-12). References that lead out of the schema are not followed. */
final class SchemaCheck implements Transform.Plain {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final int MOST_MESSAGES = 3;

    private final String type;
    private final JsonSchema schema;

    SchemaCheck(String type, String role, DataType.Schema schema) {
        this.type = type;
        String text = switch (schema) {
            case DataType.Schema.Inline inline -> inline.json();
            case DataType.Schema.InFile file -> read(file.path(), role, type);
        };
        try {
            JsonSchemaFactory factory = JsonSchemaFactory.getInstance(
                    SpecVersion.VersionFlag.V202012,
                    builder -> builder.schemaLoaders(loaders -> loaders.add(iri -> () -> {
                        throw new IOException(
                                "the schema refers to " + iri + ", and only references within it are followed");
                    })));
            this.schema = factory.getSchema(JSON.readTree(text));
            this.schema.initializeValidators();
        } catch (JsonProcessingException | RuntimeException e) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "the JSON Schema of the type " + type + " (" + role + ") cannot be used: " + e.getMessage(),
                    e);
        }
    }

    private static String read(String path, String role, String type) {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "the JSON Schema of the type " + type + " (" + role + ") cannot be read from " + path + ": " + e,
                    e);
        }
    }

    @Override
    public void apply(Batch batch) {
        Records records = batch.records();
        records.retain(i -> {
            String wrong = wrong(records, i);
            if (wrong != null) {
                batch.refuse(records.source(i), wrong, records.copy(i));
            }
            return wrong == null;
        });
    }

    private @Nullable String wrong(Records records, int index) {
        JsonNode node;
        try {
            node = JSON.readTree(records.bytes(), records.start(index), records.length(index));
        } catch (IOException e) {
            return "no JSON: " + e.getMessage();
        }
        Set<ValidationMessage> messages = schema.validate(node);
        return messages.isEmpty()
                ? null
                : "does not fit the type " + type + ": "
                        + messages.stream()
                                .limit(MOST_MESSAGES)
                                .map(ValidationMessage::getMessage)
                                .collect(Collectors.joining("; "));
    }
}
