package io.stratoswarm.core.script;

import java.util.Locale;
import java.util.Optional;

/** A language of scripts, by the extension of the file. */
enum Language {
    JS("js", "//", "block comment"),
    PYTHON("python", "#", "docstring");

    private final String id;
    private final String lineComment;
    private final String block;

    Language(String id, String lineComment, String block) {
        this.id = id;
        this.lineComment = lineComment;
        this.block = block;
    }

    static Optional<Language> of(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".js")) {
            return Optional.of(JS);
        }
        return lower.endsWith(".py") ? Optional.of(PYTHON) : Optional.empty();
    }

    /** As in {@link io.stratoswarm.api.script.ScriptHeader#language}. */
    String id() {
        return id;
    }

    String lineComment() {
        return lineComment;
    }

    String block() {
        return block;
    }

    /** What opens a block here, or nothing. */
    String opener(String text, int at) {
        if (this == JS) {
            return text.startsWith("/*", at) ? "/*" : "";
        }
        for (String quotes : new String[] {"\"\"\"", "'''", "r\"\"\"", "r'''"}) {
            if (text.startsWith(quotes, at)) {
                return quotes;
            }
        }
        return "";
    }

    /** What closes the block that opens here. */
    String closer(String text, int at) {
        String opener = opener(text, at);
        return this == JS ? "*/" : opener.startsWith("r") ? opener.substring(1) : opener;
    }

    /** A header for messages. */
    String example() {
        return this == JS
                ? "the comment  /* stratoswarm {\"kind\": \"reaction\", \"on\": \"AgentFailed\"} */"
                : "the docstring  \"\"\"stratoswarm {\"kind\": \"reaction\", \"on\": \"AgentFailed\"}\"\"\"";
    }
}
