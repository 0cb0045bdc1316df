package io.stratoswarm.graphops.language;

import io.stratoswarm.graphops.grammar.GraphTextLexer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.Token;

/**
 * The one usual layout: a statement a line, two spaces for each block, at most one empty line in a row, comments where they
 * stood. Works on tokens, so that nothing but space can change; meant for texts that parse.
 */
final class Layout {
    private static final String INDENT = "  ";
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

    private final List<Token> tokens;
    private final Set<Integer> longLists = new HashSet<>();
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder line = new StringBuilder();

    /** Open brackets by token type; a list of many lines counts as a block. */
    private final Deque<Integer> open = new ArrayDeque<>();

    private static final int LONG_LIST = -1;

    private int depth;
    private boolean breakNext;
    private boolean continued;
    private boolean empty;
    private boolean afterOpen = true;
    private int last = GraphTextLexer.END;
    private int lastLine;
    private int newlines;

    private Layout(List<Token> tokens) {
        this.tokens = tokens;
    }

    static String of(String text) {
        return new Layout(Statements.lex(text)).laidOut();
    }

    private String laidOut() {
        findLongLists();
        for (int i = 0; i < tokens.size(); i++) {
            i = take(i);
        }
        flush();
        return out.toString();
    }

    /** Lists that hold a comment, a block or a line's end get a line for each item. */
    private void findLongLists() {
        Deque<Integer> lists = new ArrayDeque<>();
        for (int i = 0; i < tokens.size(); i++) {
            switch (tokens.get(i).getType()) {
                case GraphTextLexer.OPEN_LIST -> lists.push(i);
                case GraphTextLexer.CLOSE_LIST -> lists.pop();
                case GraphTextLexer.END, GraphTextLexer.COMMENT, GraphTextLexer.OPEN -> longLists.addAll(lists);
                default -> {}
            }
        }
    }

    /** The index of the last token that was used. */
    private int take(int index) {
        Token token = tokens.get(index);
        int type = token.getType();
        if (type == Token.EOF) {
            return index;
        }
        if (type == GraphTextLexer.END) {
            if (!token.getText().equals(";")) {
                newlines++;
            }
            if (statementLevel() && !GOES_ON.contains(last)) {
                breakNext = true;
                continued = false;
                last = GraphTextLexer.END;
            }
            return index;
        }
        if (type == GraphTextLexer.COMMENT) {
            comment(token);
            return index;
        }
        if (type == GraphTextLexer.COMMA && inLongList()) {
            // Written behind each item already.
            return index;
        }
        int used = index;
        switch (type) {
            case GraphTextLexer.OPEN -> used = open(index);
            case GraphTextLexer.CLOSE -> close(index, "}");
            case GraphTextLexer.OPEN_LIST -> openList(index);
            case GraphTextLexer.CLOSE_LIST -> closeList(index);
            default -> {
                place(token.getText(), spaced(type));
                if (type == GraphTextLexer.OPEN_GROUP) {
                    open.push(type);
                } else if (type == GraphTextLexer.CLOSE_GROUP) {
                    open.pop();
                }
                item(index);
            }
        }
        last = tokens.get(used).getType();
        lastLine = endLine(tokens.get(used));
        newlines = 0;
        return used;
    }

    private boolean statementLevel() {
        return open.isEmpty() || open.peek() == GraphTextLexer.OPEN;
    }

    private boolean inLongList() {
        return !open.isEmpty() && open.peek() == LONG_LIST;
    }

    private static int endLine(Token token) {
        return token.getLine()
                + (int) token.getText().chars().filter(c -> c == '\n').count();
    }

    private void comment(Token token) {
        String text = token.getText().stripTrailing();
        boolean trailing = token.getLine() == lastLine && (!line.isEmpty() || breakNext);
        if (trailing && !line.isEmpty()) {
            line.append(' ').append(text);
        } else {
            boolean wasContinued = !line.isEmpty() && !breakNext && statementLevel();
            if (!line.isEmpty()) {
                breakNext = true;
                continued |= wasContinued;
            }
            place(text, false);
        }
        continued |= statementLevel() && (GOES_ON.contains(last) || !breakNext && last != GraphTextLexer.END);
        breakNext = true;
        newlines = 0;
    }

    private int open(int index) {
        int next = index + 1;
        while (tokens.get(next).getType() == GraphTextLexer.END) {
            next++;
        }
        if (tokens.get(next).getType() == GraphTextLexer.CLOSE) {
            place("{}", true);
            closed(next);
            return next;
        }
        place("{", true);
        open.push(GraphTextLexer.OPEN);
        depth++;
        breakNext = true;
        continued = false;
        afterOpen = true;
        return index;
    }

    private void close(int index, String bracket) {
        continued = false;
        flush();
        open.pop();
        depth--;
        empty = false;
        newlines = 0;
        place(bracket, false);
        closed(index);
    }

    /** Behind a block in a list comes the next item, elsewhere the next statement. */
    private void closed(int index) {
        if (statementLevel()) {
            breakNext = true;
            continued = false;
        } else {
            item(index);
        }
    }

    private void openList(int index) {
        place("[", last != GraphTextLexer.OPEN_GROUP && last != GraphTextLexer.OPEN_LIST);
        if (longLists.contains(index)) {
            open.push(LONG_LIST);
            depth++;
            breakNext = true;
            afterOpen = true;
        } else {
            open.push(GraphTextLexer.OPEN_LIST);
        }
    }

    private void closeList(int index) {
        if (inLongList()) {
            flush();
            open.pop();
            depth--;
            newlines = 0;
            place("]", false);
        } else {
            open.pop();
            breakNext = false;
            place("]", false);
        }
        item(index);
    }

    /** What ends an item of a list gets a comma, unless it is the last one. */
    private void item(int index) {
        boolean list = !open.isEmpty() && (open.peek() == LONG_LIST || open.peek() == GraphTextLexer.OPEN_LIST);
        int type = tokens.get(index).getType();
        if (!list || type == GraphTextLexer.COMMA) {
            return;
        }
        int next = index + 1;
        while (List.of(GraphTextLexer.END, GraphTextLexer.COMMENT)
                .contains(tokens.get(next).getType())) {
            next++;
        }
        boolean more = tokens.get(next).getType() != GraphTextLexer.CLOSE_LIST;
        if (open.peek() == LONG_LIST) {
            line.append(more ? "," : "");
            breakNext = true;
        } else if (more && tokens.get(next).getType() != GraphTextLexer.COMMA) {
            line.append(',');
        }
    }

    private boolean spaced(int type) {
        return type != GraphTextLexer.COMMA
                && type != GraphTextLexer.CLOSE_GROUP
                && last != GraphTextLexer.OPEN_GROUP
                && last != GraphTextLexer.OPEN_LIST;
    }

    private void place(String text, boolean space) {
        if (breakNext) {
            flush();
            empty = newlines > 1 && !afterOpen;
            breakNext = false;
        }
        if (line.isEmpty()) {
            if (empty && !out.isEmpty()) {
                out.append('\n');
            }
            empty = false;
            line.repeat(INDENT, depth + (continued ? 1 : 0));
        } else if (space) {
            line.append(' ');
        }
        line.append(text);
        afterOpen = false;
    }

    private void flush() {
        if (!line.isEmpty()) {
            out.append(line).append('\n');
            line.setLength(0);
        }
    }
}
