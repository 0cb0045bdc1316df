package io.stratoswarm.audit.rule;

import dev.cel.common.values.NullValue;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A node of a YAML document that knows its place. */
public final class YamlTree {
    private static final int MAX_CODE_POINTS = 1 << 20;
    private static final int MAX_DEPTH = 20;

    /** Line and column from 1. */
    public record Problem(int line, int column, String message) {
        @Override
        public String toString() {
            return line + ":" + column + ": " + message;
        }
    }

    private static final class Values extends SafeConstructor {
        Values() {
            super(options());
        }

        Object of(Node node) {
            return constructDocument(node);
        }
    }

    private final Node node;

    private YamlTree(Node node) {
        this.node = node;
    }

    private static LoaderOptions options() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CODE_POINTS);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(10);
        options.setAllowDuplicateKeys(false);
        return options;
    }

    /** The only document of a text; empty where it is none, which is then among the problems. */
    static Optional<YamlTree> parse(byte[] bytes, List<Problem> problems) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            Node node = new Yaml(options()).compose(new StringReader(text));
            if (node == null) {
                problems.add(new Problem(1, 1, "the file is empty"));
                return Optional.empty();
            }
            return Optional.of(new YamlTree(node));
        } catch (CharacterCodingException e) {
            problems.add(new Problem(1, 1, "the file is not UTF-8"));
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            problems.add(new Problem(
                    mark == null ? 1 : mark.getLine() + 1,
                    mark == null ? 1 : mark.getColumn() + 1,
                    "this is not YAML: " + e.getProblem()));
        } catch (YAMLException e) {
            problems.add(new Problem(1, 1, "this is not YAML: " + e.getMessage()));
        }
        return Optional.empty();
    }

    Problem problem(String message) {
        Mark mark = node.getStartMark();
        return new Problem(mark.getLine() + 1, mark.getColumn() + 1, message);
    }

    /**
     * A problem at a place within the text of this value. The place is exact for text on one line, and for blocks ({@code |}) in
     * their line; text that YAML folds or escapes loses its columns, so that the value's begin is given.
     */
    Problem inside(int line, int column, String message) {
        Mark mark = node.getStartMark();
        if (node instanceof ScalarNode scalar) {
            ScalarStyle style = scalar.getScalarStyle();
            boolean oneLine = mark.getLine() == node.getEndMark().getLine();
            if (style == ScalarStyle.PLAIN && oneLine) {
                return new Problem(mark.getLine() + 1, mark.getColumn() + column, message);
            }
            if ((style == ScalarStyle.SINGLE_QUOTED || style == ScalarStyle.DOUBLE_QUOTED) && oneLine) {
                return new Problem(mark.getLine() + 1, mark.getColumn() + 1 + column, message);
            }
            if (style == ScalarStyle.LITERAL) {
                return new Problem(mark.getLine() + 1 + line, column, message);
            }
        }
        return problem(message);
    }

    /** The entries of a mapping. @param known keys there may be; any where it is empty */
    Map<String, YamlTree> keys(List<String> known, String what, List<Problem> problems) {
        Map<String, YamlTree> keys = new LinkedHashMap<>();
        if (!(node instanceof MappingNode mapping)) {
            problems.add(problem(what + " must be a mapping of keys to values"));
            return keys;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            YamlTree key = new YamlTree(tuple.getKeyNode());
            String name = key.text("a key", problems);
            if (!known.isEmpty() && !known.contains(name)) {
                problems.add(key.problem(
                        "unknown key '" + name + "' in " + what + "; known are " + String.join(", ", known)));
            }
            if (keys.put(name, new YamlTree(tuple.getValueNode())) != null) {
                problems.add(key.problem("'" + name + "' is there twice"));
            }
        }
        return keys;
    }

    List<YamlTree> items(String what, List<Problem> problems) {
        if (!(node instanceof SequenceNode sequence)) {
            problems.add(problem("'" + what + "' must be a list"));
            return List.of();
        }
        List<YamlTree> items = new ArrayList<>();
        sequence.getValue().forEach(each -> items.add(new YamlTree(each)));
        return items;
    }

    String text(String what, List<Problem> problems) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue().strip();
        }
        problems.add(problem("'" + what + "' must be a text"));
        return "";
    }

    /** As a value of CEL. */
    Object value() {
        return value(new Values().of(node));
    }

    private static Object value(Object plain) {
        return switch (plain) {
            case null -> NullValue.NULL_VALUE;
            case Integer number -> number.longValue();
            case List<?> list -> list.stream().map(YamlTree::value).toList();
            case Map<?, ?> map -> {
                Map<String, Object> all = new LinkedHashMap<>();
                map.forEach((key, each) -> all.put(String.valueOf(key), value(each)));
                yield all;
            }
            case java.util.Date date -> date.toInstant();
            default -> plain;
        };
    }
}
