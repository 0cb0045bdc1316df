package io.stratoswarm.scriptworker;

import java.util.ArrayList;
import java.util.List;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.SourceSection;

/**
 * Why a call did not end well.
 *
 * @param status of the wire protocol
 * @param stack innermost first
 * @param fatal whether the context cannot be used any more
 */
record Failure(int status, String message, List<String> stack, int line, int column, boolean fatal) {
    private static final String NO_ROOM = "memoryBytes: the worker's memory was not enough";
    private static final int MAX_FRAMES = 32;
    private static final int MAX_MESSAGE = 1000;

    static Failure breach(String reason) {
        return new Failure(Wire.BREACHED, reason, List.of(), 0, 0, true);
    }

    /** Whether the heap, which all scripts of the worker share, was full. */
    boolean noRoom() {
        return message.startsWith(NO_ROOM);
    }

    static Failure of(Throwable failure, Code code) {
        if (failure instanceof JsonText.Unfit unfit) {
            return new Failure(unfit.breach() ? Wire.BREACHED : Wire.THREW, unfit.reason(), List.of(), 0, 0, false);
        }
        if (failure instanceof JsonReader.NoJson input) {
            return new Failure(Wire.THREW, String.valueOf(input.getMessage()), List.of(), 0, 0, false);
        }
        if (failure instanceof Guest.LimitReached) {
            return breach(statements(code.limits()));
        }
        if (!(failure instanceof PolyglotException guest)) {
            return failure instanceof OutOfMemoryError
                    ? breach(NO_ROOM)
                    : new Failure(Wire.THREW, "the runtime failed: " + failure, List.of(), 0, 0, true);
        }
        List<String> stack = stack(guest, code.file());
        SourceSection at = guest.getSourceLocation();
        boolean own = at != null && at.getSource().getName().equals(code.file());
        int line = own ? at.getStartLine() : 0;
        int column = own ? at.getStartColumn() : 0;
        if (guest.isCancelled() || guest.isResourceExhausted()) {
            return new Failure(Wire.BREACHED, limit(guest, code.limits()), stack, line, column, true);
        }
        if (guest.isExit()) {
            return new Failure(Wire.THREW, "it called exit(" + guest.getExitStatus() + ")", stack, line, column, true);
        }
        String message = message(guest);
        if (message.startsWith("MemoryError")) {
            // What Python makes of it where the heap has no room for one large object.
            String reason = NO_ROOM + " (" + message + ")";
            return new Failure(Wire.BREACHED, reason, stack, line, column, true);
        }
        return new Failure(Wire.THREW, message, stack, line, column, guest.isInternalError());
    }

    private static String statements(Limits limits) {
        return "statements: it ran more than " + limits.statements() + " statements";
    }

    private static String limit(PolyglotException guest, Limits limits) {
        String message = String.valueOf(guest.getMessage());
        if (message.contains("Statement count")) {
            return statements(limits);
        }
        if (message.contains("tack")) {
            return "stack: its calls are nested too deeply";
        }
        return NO_ROOM + " (" + cut(message) + ")";
    }

    private static String message(PolyglotException guest) {
        String message = cut(String.valueOf(guest.getMessage()));
        return guest.isInternalError() ? "the runtime failed: " + message : message;
    }

    /** One line: what follows the first one is mostly a picture of the place, which the stack names. */
    static String cut(String message) {
        String line = message.lines().findFirst().orElse("");
        return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "...";
    }

    private static List<String> stack(PolyglotException guest, String file) {
        List<String> frames = new ArrayList<>();
        for (PolyglotException.StackFrame frame : guest.getPolyglotStackTrace()) {
            SourceSection at = frame.isGuestFrame() ? frame.getSourceLocation() : null;
            if (at == null || !at.getSource().getName().equals(file)) {
                continue;
            }
            if (frames.size() == MAX_FRAMES) {
                frames.add("...");
                break;
            }
            String function = frame.getRootName();
            frames.add((function == null || function.isEmpty() ? "anonymous" : function) + " (" + file + ":"
                    + at.getStartLine() + ":" + at.getStartColumn() + ")");
        }
        return frames;
    }
}
