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

    /**
     * Why a file that is meant as a script is not one, by its extension; empty where it is one or is not meant as one, as is a file of
     * declarations that an editor reads.
     */
    static Optional<String> refusal(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".d.ts") || lower.endsWith(".d.mts") || lower.endsWith(".d.cts")) {
            return Optional.empty();
        }
        String extension = lower.substring(lower.lastIndexOf('.') + 1);
        return switch (extension) {
            case "mjs", "cjs" ->
                Optional.of("modules (." + extension
                        + ") are not taken: a script is one file without import, export and" + " require; name it .js");
            case "ts", "mts", "cts", "tsx", "jsx" ->
                Optional.of("." + extension + " is not taken: give what it compiles to as one .js file; a .js file with"
                        + " // @ts-check is checked by editors against scripts/types/stratoswarm.d.ts");
            default -> Optional.empty();
        };
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
