package io.stratoswarm.graphops.language;

import io.stratoswarm.graphops.grammar.GraphTextLexer;
import io.stratoswarm.graphops.grammar.GraphTextParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;

/**
 * After an error the parser goes on behind the statement that holds it, so that each wrong statement gives one message. Brackets
 * fit together when this runs, so that the end of a statement is found by counting them.
 */
final class Recovery extends DefaultErrorStrategy {
    private static final Map<Integer, String> NAMES = Map.of(
            GraphTextLexer.WORD, "a word",
            GraphTextLexer.NUMBER, "a number",
            GraphTextLexer.QUANTITY, "a number with a unit",
            GraphTextLexer.STRING, "a text in quotes",
            GraphTextLexer.REFERENCE, "a parameter",
            GraphTextLexer.END, "the end of the line",
            Token.EOF, "the end of the file");

    /** What a value begins with. */
    private static final Set<Integer> VALUE = Set.of(
            GraphTextLexer.WORD,
            GraphTextLexer.NUMBER,
            GraphTextLexer.QUANTITY,
            GraphTextLexer.STRING,
            GraphTextLexer.TEXT,
            GraphTextLexer.RAW,
            GraphTextLexer.RAWTEXT,
            GraphTextLexer.REFERENCE,
            GraphTextLexer.OPEN_LIST,
            GraphTextLexer.OPEN,
            GraphTextLexer.AND,
            GraphTextLexer.OR,
            GraphTextLexer.NOT,
            GraphTextLexer.MATCHES,
            GraphTextLexer.IN,
            GraphTextLexer.EXISTS);

    /** What means the same as a text in double quotes where that is possible. */
    private static final Set<Integer> QUOTES = Set.of(GraphTextLexer.TEXT, GraphTextLexer.RAW, GraphTextLexer.RAWTEXT);

    private final String file;
    private final Messages messages;

    Recovery(String file, Messages messages) {
        this.file = file;
        this.messages = messages;
    }

    @Override
    public void reportError(Parser parser, RecognitionException e) {
        if (!inErrorRecoveryMode(parser)) {
            beginErrorCondition(parser);
            report(parser, e.getOffendingToken(), e.getExpectedTokens());
        }
    }

    private void report(Parser parser, Token found, IntervalSet expected) {
        messages.error(Statements.place(file, found), "expected " + names(expected) + ", found " + shown(found));
    }

    private static String shown(Token token) {
        return switch (token.getType()) {
            case Token.EOF -> "the end of the file";
            case GraphTextLexer.END -> "the end of the statement";
            default -> "'" + Messages.clip(token.getText(), 40) + "'";
        };
    }

    private static String names(IntervalSet expected) {
        boolean value = expected.contains(GraphTextLexer.REFERENCE);
        boolean key = !value && expected.contains(GraphTextLexer.RAWTEXT);
        List<String> names = new ArrayList<>();
        if (value || key) {
            names.add(value ? "a value" : "a key");
        }
        expected.toList().stream()
                .filter(type -> !(value || key) || !VALUE.contains(type))
                .filter(type -> !QUOTES.contains(type))
                .map(type -> NAMES.getOrDefault(type, literal(type)))
                .forEach(names::add);
        return names.size() < 2
                ? String.join("", names)
                : String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
    }

    private static String literal(int type) {
        String literal = GraphTextParser.VOCABULARY.getLiteralName(type);
        return literal == null ? GraphTextParser.VOCABULARY.getDisplayName(type) : literal;
    }

    @Override
    public Token recoverInline(Parser parser) {
        throw new InputMismatchException(parser);
    }

    @Override
    public void recover(Parser parser, RecognitionException e) {
        skip(parser);
    }

    /** To the end of the statement, the bracket that closes what is around it, or the end of the file; none of them is taken. */
    private static void skip(Parser parser) {
        int depth = 0;
        while (true) {
            int type = parser.getInputStream().LA(1);
            boolean closes = type == GraphTextLexer.CLOSE
                    || type == GraphTextLexer.CLOSE_LIST
                    || type == GraphTextLexer.CLOSE_GROUP;
            if (type == Token.EOF || depth == 0 && (type == GraphTextLexer.END || closes)) {
                return;
            }
            boolean opens = type == GraphTextLexer.OPEN
                    || type == GraphTextLexer.OPEN_LIST
                    || type == GraphTextLexer.OPEN_GROUP;
            depth += opens ? 1 : closes ? -1 : 0;
            parser.consume();
        }
    }

    /** Between statements, what begins none is reported and passed over; elsewhere the rules themselves find what is wrong. */
    @Override
    public void sync(Parser parser) {
        ParserRuleContext context = parser.getContext();
        int rule = context.getRuleIndex();
        if (rule != GraphTextParser.RULE_file && rule != GraphTextParser.RULE_block) {
            return;
        }
        boolean inBlock = rule == GraphTextParser.RULE_block;
        while (true) {
            int type = parser.getInputStream().LA(1);
            if (type == Token.EOF || inBlock && type == GraphTextLexer.CLOSE || startsStatement(type)) {
                return;
            }
            if (!inErrorRecoveryMode(parser) && type != GraphTextLexer.END) {
                messages.error(
                        Statements.place(file, parser.getCurrentToken()),
                        "expected a key, found " + shown(parser.getCurrentToken())
                                + "; a statement begins with a word");
                beginErrorCondition(parser);
            }
            parser.consume();
            skip(parser);
            if (parser.getInputStream().LA(1) == GraphTextLexer.END) {
                parser.consume();
                endErrorCondition(parser);
            } else if (!inBlock && parser.getInputStream().LA(1) != Token.EOF) {
                parser.consume();
            }
        }
    }

    private static boolean startsStatement(int type) {
        return switch (type) {
            case GraphTextLexer.WORD,
                    GraphTextLexer.STRING,
                    GraphTextLexer.TEXT,
                    GraphTextLexer.RAW,
                    GraphTextLexer.RAWTEXT,
                    GraphTextLexer.AND,
                    GraphTextLexer.OR,
                    GraphTextLexer.NOT,
                    GraphTextLexer.MATCHES,
                    GraphTextLexer.IN,
                    GraphTextLexer.EXISTS,
                    GraphTextLexer.WHERE -> true;
            default -> false;
        };
    }
}
