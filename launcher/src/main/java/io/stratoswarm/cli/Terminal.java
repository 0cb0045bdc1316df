package io.stratoswarm.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What standard output leads to.
 *
 * @param width columns; 0 where lines must not be cut
 * @param colour whether colours may be used
 */
public record Terminal(int width, boolean colour) {
    /** Output that goes to a file or a pipe: whole lines, no colours. */
    static final Terminal NONE = new Terminal(0, false);

    private static final int USUAL_WIDTH = 80;
    private static final int USUAL_HEIGHT = 24;

    static Terminal find(Map<String, String> environment) {
        if (!isTerminal()) {
            return NONE;
        }
        boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        return new Terminal(width(environment), colour);
    }

    /** Asked of the kernel directly: the JDK's console would load a line editor to answer. */
    private static boolean isTerminal() {
        return isTerminal(1);
    }

    /** Whether a question can be put to a person: input and output are terminals. */
    static boolean asks() {
        return isTerminal(0) && isTerminal(1);
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            // Without /proc it is treated like a file, which never does harm.
            return false;
        }
    }

    /** Rows of the terminal; asked again for each screen, since its window may change. */
    static int height(Map<String, String> environment) {
        String size = size();
        int found = number(size.contains(" ") ? size.substring(0, size.indexOf(' ')) : "");
        int given = number(environment.getOrDefault("LINES", ""));
        return found > 0 ? found : given > 0 ? given : USUAL_HEIGHT;
    }

    private static int width(Map<String, String> environment) {
        int given = number(environment.getOrDefault("COLUMNS", ""));
        if (given > 0) {
            return given;
        }
        String size = size();
        int found = number(size.substring(size.indexOf(' ') + 1));
        return found > 0 ? found : USUAL_WIDTH;
    }

    /** Rows and columns with a blank between; empty where nothing tells. */
    private static String size() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Path.of("/proc/self/fd/1").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            stty.waitFor(1, TimeUnit.SECONDS);
            return size;
        } catch (IOException e) {
            // No stty here: the size of every old terminal will do.
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static int number(String text) {
        try {
            return text.isEmpty() ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            // Not a width; the caller goes on to the next source of one.
            return 0;
        }
    }

    String green(String text) {
        return paint("32", text);
    }

    String yellow(String text) {
        return paint("33", text);
    }

    String red(String text) {
        return paint("31", text);
    }

    String bold(String text) {
        return paint("1", text);
    }

    private String paint(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
