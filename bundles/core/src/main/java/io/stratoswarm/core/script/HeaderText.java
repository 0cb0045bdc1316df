package io.stratoswarm.core.script;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.core.manifest.Problems;
import java.util.Optional;

/**
 * Finds the header in the text of a script: in JavaScript the block comment, in Python the docstring of the module, that begins
 * with the word {@code stratoswarm}. Only comments may stand before it.
 */
final class HeaderText {
    private static final String MARK = "stratoswarm";

    private final Language language;
    private final String text;
    private final Problems problems;
    private int at;

    private HeaderText(Language language, String text, Problems problems) {
        this.language = language;
        this.text = text;
        this.problems = problems;
    }

    /**
     * The text with everything but the header's JSON blanked out, so that a place in it is the same place in the file; empty,
     * with a problem reported, where there is no header.
     */
    static Optional<String> find(Language language, String text, Problems problems) {
        return new HeaderText(language, text, problems).find();
    }

    private Optional<String> find() {
        if (text.startsWith("#!")) {
            skipLine();
        }
        while (at < text.length()) {
            if (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == '\uFEFF') {
                at++;
            } else if (text.startsWith(language.lineComment(), at)) {
                skipLine();
            } else if (opens()) {
                int begin = at + language.opener(text, at).length();
                String closer = language.closer(text, at);
                int end = text.indexOf(closer, begin);
                if (end < 0) {
                    problems.error(place(at), "this " + language.block() + " is never closed; end it with " + closer);
                    return Optional.empty();
                }
                int word = begin;
                while (word < end && Character.isWhitespace(text.charAt(word))) {
                    word++;
                }
                if (text.startsWith(MARK, word)) {
                    return Optional.of(only(word + MARK.length(), end));
                }
                if (language == Language.PYTHON) {
                    break;
                }
                at = end + closer.length();
            } else {
                break;
            }
        }
        problems.error(problems.start(), "there is no header; a script begins with " + language.example());
        return Optional.empty();
    }

    private boolean opens() {
        return !language.opener(text, at).isEmpty();
    }

    private void skipLine() {
        while (at < text.length() && text.charAt(at) != '\n') {
            at++;
        }
    }

    private GraphTree.Place place(int offset) {
        int line = 1;
        int begin = 0;
        for (int i = 0; i < offset; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                begin = i + 1;
            }
        }
        return new GraphTree.Place(problems.file(), line, offset - begin + 1);
    }

    private String only(int begin, int end) {
        StringBuilder blanked = new StringBuilder(end);
        for (int i = 0; i < begin; i++) {
            char c = text.charAt(i);
            blanked.append(c == '\n' || c == '\r' ? c : ' ');
        }
        return blanked.append(text, begin, end).toString();
    }

    /** A closing mark within a string of the header ends the comment too early, which no JSON parser can say. */
    static Optional<String> hint(Language language, String header, ManifestProblem first) {
        if (language != Language.JS || !first.message().startsWith("not valid JSON")) {
            return Optional.empty();
        }
        String last = header.substring(header.lastIndexOf('\n') + 1);
        long quotes = last.chars().filter(c -> c == '"').count();
        return quotes % 2 == 0
                ? Optional.empty()
                : Optional.of("the header ends within a string, for */ ends the comment; write it as *\\/");
    }
}
