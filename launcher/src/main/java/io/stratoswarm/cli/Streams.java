package io.stratoswarm.cli;

import java.util.Map;

/** What commands that read a stream share. */
final class Streams {
    private static final String PLAIN = "\u001b[0m";

    private Streams() {}

    /** The daemon ends a stream that fails half-way with a last line that says why. */
    static void failed(Map<String, Object> line) throws Failure {
        Map<String, Object> problem = JsonText.child(line, "problem");
        if (line.size() == 1 && !problem.isEmpty()) {
            throw new Failure(
                    ExitCode.ofKind(JsonText.text(problem, "kind")), JsonText.text(problem, "detail"), problem);
        }
    }

    /** On a terminal an agent may colour its output and nothing else: other control sequences are made visible. */
    static String harmless(CharSequence text) {
        StringBuilder clean = new StringBuilder(text.length());
        boolean coloured = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\u001b') {
                int end = colourEnd(text, i);
                if (end > i) {
                    clean.append(text, i, end);
                    coloured = !text.subSequence(i, end).toString().matches("\u001b\\[0*m");
                    i = end - 1;
                } else {
                    clean.append("\\e");
                }
            } else {
                clean.append(Table.harmful(c) && c != '\t' ? '?' : c);
            }
        }
        // A colour that is left on must not run into other agents' lines or the prompt.
        return coloured ? clean.append(PLAIN).toString() : clean.toString();
    }

    /** End of a sequence {@code ESC [ digits and semicolons m}; the beginning itself where it is another one. */
    private static int colourEnd(CharSequence text, int start) {
        int i = start + 1;
        if (i >= text.length() || text.charAt(i) != '[') {
            return start;
        }
        for (i++; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 'm') {
                return i + 1;
            }
            if (c != ';' && (c < '0' || c > '9')) {
                return start;
            }
        }
        return start;
    }
}
