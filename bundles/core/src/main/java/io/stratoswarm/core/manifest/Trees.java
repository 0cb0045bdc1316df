package io.stratoswarm.core.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.stratoswarm.api.graph.GraphTree;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** A tree as JSON text. */
public final class Trees {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Trees() {}

    /** On one line. */
    public static String json(GraphTree tree) {
        return write(tree, false);
    }

    /** On many lines, indented. */
    public static String pretty(GraphTree tree) {
        return write(tree, true);
    }

    private static String write(GraphTree tree, boolean pretty) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            if (pretty) {
                json.useDefaultPrettyPrinter();
            }
            write(tree, json);
        } catch (IOException e) {
            throw new UncheckedIOException("a string writer does not fail", e);
        }
        return text.toString();
    }

    private static void write(GraphTree tree, JsonGenerator json) throws IOException {
        switch (tree) {
            case GraphTree.Obj object -> {
                json.writeStartObject();
                for (GraphTree.Member member : object.members()) {
                    json.writeFieldName(member.key());
                    write(member.value(), json);
                }
                json.writeEndObject();
            }
            case GraphTree.Arr array -> {
                json.writeStartArray();
                for (GraphTree item : array.items()) {
                    write(item, json);
                }
                json.writeEndArray();
            }
            case GraphTree.Text text -> json.writeString(text.value());
            case GraphTree.Num number -> json.writeNumber(number.text());
            case GraphTree.Bool flag -> json.writeBoolean(flag.value());
            case GraphTree.Null none -> json.writeNull();
        }
    }
}
