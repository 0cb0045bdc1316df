package io.stratoswarm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A table with aligned columns. Where it is wider than the terminal, its widest columns are shortened, so that each column shows
 * something; elsewhere than on a terminal nothing is ever cut.
 */
final class Table {
    private static final String GAP = "  ";
    /** No column is made narrower than this. */
    private static final int LEAST = 6;

    private final List<String> head;
    private final List<List<String>> rows = new ArrayList<>();
    private int paintedColumn = -1;
    private UnaryOperator<String> paint = UnaryOperator.identity();

    Table(String... head) {
        this.head = List.of(head);
    }

    Table row(String... cells) {
        if (cells.length != head.size()) {
            throw new IllegalArgumentException("a row needs " + head.size() + " cells, not " + cells.length);
        }
        List<String> clean = new ArrayList<>();
        for (String cell : cells) {
            clean.add(printable(cell));
        }
        rows.add(clean);
        return this;
    }

    /** Colours the cells of one column by what they say. */
    Table painted(int column, UnaryOperator<String> painter) {
        paintedColumn = column;
        paint = painter;
        return this;
    }

    void print(Context context) {
        context.out().print(render(context.terminal()));
    }

    String render(Terminal terminal) {
        int[] widths = new int[head.size()];
        measure(head, widths);
        rows.forEach(row -> measure(row, widths));
        if (terminal.width() > 0) {
            fit(widths, terminal.width());
        }
        StringBuilder text = new StringBuilder();
        line(text, head, widths, terminal, true);
        rows.forEach(row -> line(text, row, widths, terminal, false));
        return text.toString();
    }

    private static void measure(List<String> cells, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], length(cells.get(i)));
        }
    }

    /** Takes from the widest columns what is too much, the last one, which mostly holds the longest text, among them. */
    static void fit(int[] widths, int room) {
        int all = GAP.length() * (widths.length - 1)
                + java.util.Arrays.stream(widths).sum();
        for (int over = all - room; over > 0; over--) {
            int widest = 0;
            for (int i = 1; i < widths.length; i++) {
                // Of two that are as wide the earlier one gives: the last is the one that explains.
                widest = widths[i] > widths[widest] ? i : widest;
            }
            if (widths[widest] <= LEAST) {
                return;
            }
            widths[widest]--;
        }
    }

    private void line(StringBuilder text, List<String> cells, int[] widths, Terminal terminal, boolean isHead) {
        int room = terminal.width() > 0 ? terminal.width() : Integer.MAX_VALUE;
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size() && room > 0; i++) {
            String gap = i == 0 ? "" : GAP;
            String cell = cut(cells.get(i), Math.min(widths[i], room - gap.length()));
            if (room <= gap.length()) {
                break;
            }
            boolean last = i == cells.size() - 1;
            int padding = last ? 0 : Math.min(widths[i], room - gap.length()) - length(cell);
            String shown =
                    isHead ? terminal.bold(cell) : i == paintedColumn && terminal.colour() ? paint.apply(cell) : cell;
            line.append(gap).append(shown).repeat(' ', Math.max(0, padding));
            room -= gap.length() + length(cell) + Math.max(0, padding);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    static String cut(String text, int room) {
        if (room <= 0 || length(text) <= room) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, room - 1)) + "…";
    }

    /** Control characters, and those that turn the direction of what follows and so let a line show what it does not say. */
    static boolean harmful(char c) {
        return Character.isISOControl(c) || c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069';
    }

    /** What an agent writes must not reach the terminal as a command. */
    static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            clean.append(harmful(c) ? (c == '\t' ? ' ' : '?') : c);
        }
        return clean.toString();
    }
}
