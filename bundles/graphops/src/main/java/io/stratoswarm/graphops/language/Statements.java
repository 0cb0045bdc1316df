package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree.Place;
import io.stratoswarm.graphops.grammar.GraphTextLexer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.ConsoleErrorListener;
import org.antlr.v4.runtime.Token;

/**
 * Stands between lexer and parser: settles where statements end, checks that brackets fit, and reports what is no token. What it
 * lets through is nested at most so deep, so that nothing behind it can run out of stack.
 */
final class Statements {
    static final int MAX_DEPTH = 64;

    /** Behind these a statement cannot end, so that it goes on in the next line. */
    private static final Set<Integer> GOES_ON = Set.of(
            GraphTextLexer.COMMA,
            GraphTextLexer.ARROW,
            GraphTextLexer.ASSIGN,
            GraphTextLexer.EQUAL,
            GraphTextLexer.UNEQUAL,
            GraphTextLexer.LESS,
            GraphTextLexer.LESS_OR_EQUAL,
            GraphTextLexer.GREATER,
            GraphTextLexer.GREATER_OR_EQUAL);

    private final String file;
    private final Messages messages;
    private final List<Token> out = new ArrayList<>();
    private final Deque<Token> open = new ArrayDeque<>();
    private int last = GraphTextLexer.OPEN;
    private boolean good = true;
    private boolean bracketsFit = true;

    /** Where the last character stood that is no token; of several side by side only the first is reported. */
    private int lastOther = -2;

    private Statements(String file, Messages messages) {
        this.file = file;
        this.messages = messages;
    }

    /** Tokens for the parser; empty, with a problem reported, where it could make nothing of them. */
    static Optional<List<Token>> of(String file, List<Token> tokens, Messages messages) {
        Statements statements = new Statements(file, messages);
        for (Token token : tokens) {
            if (messages.full()) {
                return Optional.empty();
            }
            statements.take(token);
        }
        return statements.good ? Optional.of(statements.out) : Optional.empty();
    }

    /** All tokens, comments too, the end of the file last. */
    static List<Token> lex(String text) {
        GraphTextLexer lexer = new GraphTextLexer(CharStreams.fromString(text));
        lexer.removeErrorListener(ConsoleErrorListener.INSTANCE);
        List<Token> tokens = new ArrayList<>();
        Token token = lexer.nextToken();
        while (token.getType() != Token.EOF) {
            tokens.add(token);
            token = lexer.nextToken();
        }
        tokens.add(token);
        return tokens;
    }

    private void take(Token token) {
        int type = token.getType();
        switch (type) {
            case GraphTextLexer.COMMENT -> {}
            case GraphTextLexer.END -> end(token);
            case GraphTextLexer.OPEN, GraphTextLexer.OPEN_LIST, GraphTextLexer.OPEN_GROUP -> {
                add(token);
                open.push(token);
                if (open.size() > MAX_DEPTH) {
                    error(token, "blocks and lists are nested deeper than " + MAX_DEPTH + " levels");
                    // Deeper ones would only say the same.
                    open.clear();
                }
            }
            case GraphTextLexer.CLOSE, GraphTextLexer.CLOSE_LIST, GraphTextLexer.CLOSE_GROUP -> close(token);
            case GraphTextLexer.UNCLOSED -> {
                boolean text = !out.isEmpty()
                        && out.getLast().getStopIndex() + 1 == token.getStartIndex()
                        && out.getLast().getText().length() == 2;
                String quote = token.getText().substring(0, 1);
                error(
                        text ? out.getLast() : token,
                        text
                                ? "the text that begins with " + quote.repeat(3) + " is never closed"
                                : "the string is not closed in this line; close it with " + quote + ", or use "
                                        + quote.repeat(3) + " for many lines");
            }
            case GraphTextLexer.OTHER -> {
                if (lastOther + 1 < token.getStartIndex()) {
                    error(
                            token,
                            "the character '" + printable(token.getText())
                                    + "' means nothing here; put text with special characters in double quotes");
                }
                lastOther = token.getStartIndex();
            }
            case Token.EOF -> {
                end(token);
                if (bracketsFit) {
                    open.forEach(left -> error(left, "'" + left.getText() + "' is never closed"));
                }
                out.add(token);
            }
            default -> add(token);
        }
    }

    private void close(Token token) {
        String wanted = switch (token.getType()) {
            case GraphTextLexer.CLOSE -> "{";
            case GraphTextLexer.CLOSE_LIST -> "[";
            default -> "(";
        };
        if (token.getType() == GraphTextLexer.CLOSE) {
            end(token);
        }
        if (open.isEmpty()) {
            if (good) {
                error(token, "'" + token.getText() + "' closes nothing; there is no '" + wanted + "' before it");
            }
            return;
        }
        Token opened = open.pop();
        if (!opened.getText().equals(wanted)) {
            bracketsFit = false;
            error(
                    token,
                    "'" + token.getText() + "' does not close the '" + opened.getText() + "' of line "
                            + opened.getLine());
        }
        add(token);
        if (token.getType() == GraphTextLexer.CLOSE && !inList()) {
            // What stands behind a block is the next statement, also in the same line.
            end(token);
        }
    }

    private boolean inList() {
        return !open.isEmpty() && open.peek().getType() != GraphTextLexer.OPEN;
    }

    /** One end behind each statement, and none elsewhere. */
    private void end(Token token) {
        boolean wanted = !inList()
                && last != GraphTextLexer.END
                && last != GraphTextLexer.OPEN
                && (!GOES_ON.contains(last)
                        || token.getText().equals(";")
                        || token.getType() == Token.EOF
                        || token.getType() == GraphTextLexer.CLOSE);
        if (wanted) {
            CommonToken end = new CommonToken(token);
            end.setType(GraphTextLexer.END);
            add(end);
        }
    }

    private void add(Token token) {
        out.add(token);
        last = token.getType();
    }

    private void error(Token token, String message) {
        good = false;
        messages.error(place(file, token), message);
    }

    static Place place(String file, Token token) {
        return new Place(file, token.getLine(), token.getCharPositionInLine() + 1);
    }

    private static String printable(String text) {
        int point = text.codePointAt(0);
        return Character.isISOControl(point) ? String.format("\\u%04x", point) : text;
    }
}
