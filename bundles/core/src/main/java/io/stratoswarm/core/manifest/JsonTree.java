package io.stratoswarm.core.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.stratoswarm.api.graph.GraphTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads JSON with comments and trailing commas into a tree of located values. */
public final class JsonTree {
    /** A manifest needs seven levels; the limit keeps the recursion here harmless. */
    static final int MAX_DEPTH = 64;

    /** The parser names the source of a text in its own words, of which only the line helps. */
    private static final Pattern OPENED = Pattern.compile("start marker at \\[Source: .*?line: (\\d+), column: \\d+]");

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(ManifestParser.MAX_BYTES)
                    .maxNameLength(ManifestParser.MAX_BYTES)
                    .maxNumberLength(1_000)
                    .build())
            .build();

    private final JsonParser parser;
    private final Problems problems;

    private JsonTree(JsonParser parser, Problems problems) {
        this.parser = parser;
        this.problems = problems;
    }

    /** The one value of the text; empty, with an error reported, where the text is not JSON. */
    public static Optional<GraphTree> read(String text, Problems problems) {
        return read(text, "manifest", "it must be an object with \"name\" and \"nodes\"", problems);
    }

    /**
     * The same for another text than a manifest.
     *
     * @param what it is called in messages
     * @param shape what it must hold, for the message where it is empty
     */
    public static Optional<GraphTree> read(String text, String what, String shape, Problems problems) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonTree tree = new JsonTree(parser, problems);
            if (parser.nextToken() == null) {
                problems.error(problems.start(), "the " + what + " is empty; " + shape);
                return Optional.empty();
            }
            GraphTree value = tree.value();
            if (parser.nextToken() != null) {
                problems.error(tree.here(), "there is more text after the end of the " + what + "; remove it");
            }
            return Optional.of(value);
        } catch (StreamConstraintsException e) {
            problems.error(
                    place(problems, e.getLocation()),
                    e.getOriginalMessage().contains("depth")
                            ? "values are nested deeper than " + MAX_DEPTH + " levels"
                            : oneLine(e.getOriginalMessage()));
            return Optional.empty();
        } catch (JsonProcessingException e) {
            problems.error(place(problems, e.getLocation()), "not valid JSON: " + oneLine(e.getOriginalMessage()));
            return Optional.empty();
        } catch (IOException e) {
            // A parser over a string does no I/O; what it cannot read is still only bad input.
            problems.error(problems.start(), "not readable as JSON: " + oneLine(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private GraphTree value() throws IOException {
        GraphTree.Place place = here();
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(place);
            case START_ARRAY -> array(place);
            case VALUE_STRING -> new GraphTree.Text(place, checked(place, parser.getText()));
            case VALUE_NUMBER_INT -> new GraphTree.Num(place, parser.getText(), true);
            case VALUE_NUMBER_FLOAT -> new GraphTree.Num(place, parser.getText(), false);
            case VALUE_TRUE -> new GraphTree.Bool(place, true);
            case VALUE_FALSE -> new GraphTree.Bool(place, false);
            default -> new GraphTree.Null(place);
        };
    }

    private GraphTree object(GraphTree.Place place) throws IOException {
        List<GraphTree.Member> members = new ArrayList<>();
        Map<String, GraphTree.Place> seen = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            GraphTree.Place keyPlace = here();
            String key = checked(keyPlace, parser.currentName());
            parser.nextToken();
            GraphTree value = value();
            GraphTree.Place first = seen.putIfAbsent(key, keyPlace);
            if (first == null) {
                members.add(new GraphTree.Member(keyPlace, key, value));
            } else {
                problems.error(
                        keyPlace,
                        "duplicate key '" + Problems.clip(key, 60) + "'; it already stands in line " + first.line());
            }
        }
        return new GraphTree.Obj(place, members);
    }

    private GraphTree array(GraphTree.Place place) throws IOException {
        List<GraphTree> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value());
        }
        return new GraphTree.Arr(place, items);
    }

    /** The kernel takes no NUL in any string, and half a surrogate pair cannot be written as UTF-8. */
    private String checked(GraphTree.Place place, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                problems.error(place, "a string must not contain the NUL character (\\u0000)");
                return text.replace("\0", "");
            }
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    problems.error(place, "a string contains half of a surrogate pair; write the whole character");
                    return "";
                }
                i++;
            }
        }
        return text;
    }

    private GraphTree.Place here() {
        return place(problems, parser.currentTokenLocation());
    }

    private static GraphTree.Place place(Problems problems, JsonLocation location) {
        return location == null
                ? problems.start()
                : new GraphTree.Place(
                        problems.file(), Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
    }

    private static String oneLine(String message) {
        int cut = message.indexOf('\n');
        String line = cut < 0 ? message : message.substring(0, cut);
        return Problems.clip(
                OPENED.matcher(line).replaceAll("opened in line $1").strip(), 300);
    }
}
