package io.stratoswarm.graphops.script;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stratoswarm.api.graph.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Records as values of JSON, which is what scripts are given and give: texts, values, and bytes as text in base64. */
final class RecordText {
    private static final JsonMapper MAPPER = new JsonMapper();

    private RecordText() {}

    /** A record that is not what its data type says. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        Unfit(String what) {
            super(what, null, false, false);
        }
    }

    static String json(DataType.Format format, byte[] record) throws Unfit {
        return switch (format) {
            case BYTES -> '"' + Base64.getEncoder().encodeToString(record) + '"';
            case TEXT -> quoted(utf8(record));
            case JSON -> value(record);
        };
    }

    private static String utf8(byte[] record) throws Unfit {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(record))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Unfit("it is not text in UTF-8");
        }
    }

    private static String quoted(String text) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    private static String value(byte[] record) throws Unfit {
        try (JsonParser parser = MAPPER.createParser(record)) {
            if (parser.nextToken() == null) {
                throw new Unfit("it is empty and no JSON");
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw new Unfit("more follows behind its JSON");
            }
            return utf8(record);
        } catch (JsonProcessingException e) {
            throw new Unfit("it is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new Unfit("it is no JSON: " + e.getMessage());
        }
    }

    /** What a script gave for one record: nothing, one or several. */
    static List<byte[]> records(DataType.Format format, String output) throws Unfit {
        if (output.equals("null")) {
            return List.of();
        }
        if (output.startsWith("[")) {
            List<byte[]> records = new ArrayList<>();
            for (JsonNode each : parsed(output)) {
                records.add(record(format, each));
            }
            return records;
        }
        if (format == DataType.Format.JSON) {
            return List.of(output.getBytes(StandardCharsets.UTF_8));
        }
        return List.of(record(format, parsed(output)));
    }

    private static JsonNode parsed(String output) throws Unfit {
        try {
            return MAPPER.readTree(output);
        } catch (JsonProcessingException e) {
            throw new Unfit("the script gave no JSON: " + e.getOriginalMessage());
        }
    }

    private static byte[] record(DataType.Format format, JsonNode value) throws Unfit {
        if (format == DataType.Format.JSON) {
            return value.toString().getBytes(StandardCharsets.UTF_8);
        }
        if (!value.isTextual()) {
            throw new Unfit("the script gave " + value.getNodeType().name().toLowerCase(java.util.Locale.ROOT)
                    + ", but the flow carries " + format.name().toLowerCase(java.util.Locale.ROOT)
                    + ": give a text, or name a data type of format json");
        }
        if (format == DataType.Format.TEXT) {
            return value.textValue().getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getDecoder().decode(value.textValue());
        } catch (IllegalArgumentException e) {
            throw new Unfit("the script gave a text that is not base64, but the flow carries bytes");
        }
    }
}
