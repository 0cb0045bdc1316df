package io.stratoswarm.graphops.language;

import io.stratoswarm.graphops.grammar.GraphTextLexer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.antlr.v4.runtime.Token;

/** Spreads the tokens of a text with space, semicolons and comments wherever these mean nothing. */
final class Messy {
    private Messy() {}

    static String of(String text, Random random) {
        StringBuilder out = new StringBuilder();
        Deque<Integer> open = new ArrayDeque<>();
        int number = 0;
        for (Token token : Statements.lex(text)) {
            int type = token.getType();
            switch (type) {
                case Token.EOF -> {}
                case GraphTextLexer.END -> {
                    boolean list = !open.isEmpty() && open.peek() != GraphTextLexer.OPEN;
                    boolean comment = random.nextInt(5) == 0;
                    out.append(comment ? " # c" + number++ + "\n" : list || random.nextInt(3) > 0 ? "\n" : ";");
                    out.append("\n".repeat(random.nextInt(6) == 0 ? random.nextInt(4) : 0));
                    if (random.nextInt(8) == 0) {
                        out.append("  // c").append(number++).append('\n');
                    }
                }
                default -> {
                    out.append(" ".repeat(random.nextInt(3) == 0 ? random.nextInt(1, 4) : 1))
                            .append(token.getText());
                    if (List.of(GraphTextLexer.OPEN, GraphTextLexer.OPEN_LIST, GraphTextLexer.OPEN_GROUP)
                            .contains(type)) {
                        open.push(type);
                    } else if (List.of(GraphTextLexer.CLOSE, GraphTextLexer.CLOSE_LIST, GraphTextLexer.CLOSE_GROUP)
                            .contains(type)) {
                        open.pop();
                    }
                    boolean list = !open.isEmpty() && open.peek() != GraphTextLexer.OPEN;
                    boolean goesOn = list
                            || type == GraphTextLexer.COMMA
                            || type == GraphTextLexer.ARROW
                            || type == GraphTextLexer.OPEN;
                    if (goesOn && random.nextInt(8) == 0) {
                        out.append(random.nextBoolean() ? "\n" : " # c" + number++ + "\n");
                    }
                }
            }
        }
        return out.toString();
    }

    static List<String> comments(String text) {
        List<String> comments = new ArrayList<>();
        for (Token token : Statements.lex(text)) {
            if (token.getType() == GraphTextLexer.COMMENT) {
                comments.add(token.getText().strip());
            }
        }
        return comments;
    }
}
