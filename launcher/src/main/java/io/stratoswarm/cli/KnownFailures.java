package io.stratoswarm.cli;

import io.stratoswarm.api.StratoswarmException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Turns the exceptions that commands on files may end with into messages. Loaded only when one is thrown. */
final class KnownFailures {
    private KnownFailures() {}

    static Optional<Failure> of(Throwable failure) {
        return Optional.ofNullable(
                switch (failure) {
                    case StratoswarmException known ->
                        new Failure(ExitCode.ofKind(known.kind().name()), String.valueOf(known.getMessage()), known);
                    case NoSuchFileException missing ->
                        new Failure(ExitCode.NOT_FOUND, missing.getFile() + " does not exist", missing);
                    case AccessDeniedException denied ->
                        new Failure(
                                ExitCode.FORBIDDEN,
                                denied.getFile() + " may not be read or written by this user",
                                denied);
                    case FileAlreadyExistsException there ->
                        new Failure(ExitCode.CONFLICT, there.getFile() + " exists already", there);
                    case IOException other -> new Failure(ExitCode.FAILED, String.valueOf(other.getMessage()), other);
                    default -> null;
                });
    }
}
