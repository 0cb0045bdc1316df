package io.stratoswarm.core.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The flat fields of an event's payload, read in one pass. Folding many events spends most of its time here, hence no tree;
 * fields that it does not know are skipped.
 */
final class Fields {
    private static final JsonFactory FACTORY = new JsonFactory();

    long at;
    long incarnation;
    int spec;
    int pid;
    long started;
    long ranMillis;
    long due;
    long keepFrom;
    int streak;
    long generation;
    long until;
    long millis;
    boolean success;
    boolean restart;
    boolean ready;
    boolean waits;
    String why = "";
    String exit = "";
    String then = "";
    String node = "";
    String description = "";
    String source = "";
    String bootId = "";
    String channel = "";
    String place = "";
    String holder = "";
    String reason = "";
    List<Integer> cpus = List.of();
    List<Integer> memoryNodes = List.of();

    private Fields() {}

    static Fields of(byte[] payload) throws IOException {
        Fields fields = new Fields();
        try (JsonParser parser = FACTORY.createParser(payload)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("the payload is no JSON object");
            }
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                fields.set(name, parser);
            }
        }
        return fields;
    }

    private void set(String name, JsonParser parser) throws IOException {
        switch (name) {
            case "at" -> at = parser.getLongValue();
            case "incarnation" -> incarnation = parser.getLongValue();
            case "spec" -> {
                if (parser.currentToken() == JsonToken.START_OBJECT) {
                    parser.skipChildren();
                } else {
                    spec = parser.getIntValue();
                }
            }
            case "pid" -> pid = parser.getIntValue();
            case "started" -> started = parser.getLongValue();
            case "ranMillis" -> ranMillis = parser.getLongValue();
            case "due" -> due = parser.getLongValue();
            case "keepFrom" -> keepFrom = parser.getLongValue();
            case "streak" -> streak = parser.getIntValue();
            case "generation" -> generation = parser.getLongValue();
            case "untilNanos" -> until = parser.getLongValue();
            case "millis" -> millis = parser.getLongValue();
            case "success" -> success = parser.getBooleanValue();
            case "restart" -> restart = parser.getBooleanValue();
            case "ready" -> ready = parser.getBooleanValue();
            case "waits" -> waits = parser.getBooleanValue();
            case "why" -> why = parser.getText();
            case "exit" -> exit = parser.getText();
            case "then" -> then = parser.getText();
            case "node" -> node = parser.getText();
            case "description" -> description = parser.getText();
            case "source" -> source = parser.getText();
            case "bootId" -> bootId = parser.getText();
            case "channel" -> channel = parser.getText();
            case "holder" -> holder = parser.getText();
            case "reason" -> reason = textOf(parser);
            case "place" -> place = parser.getText();
            case "cpus" -> cpus = numbers(parser);
            case "memoryNodes" -> memoryNodes = numbers(parser);
            default -> parser.skipChildren();
        }
    }

    /** Other events may call something else by the same name. */
    private static String textOf(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return "";
    }

    private static List<Integer> numbers(JsonParser parser) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            numbers.add(parser.getIntValue());
        }
        return List.copyOf(numbers);
    }
}
