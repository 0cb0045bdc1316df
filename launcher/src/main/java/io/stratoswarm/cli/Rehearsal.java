package io.stratoswarm.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs several commands, with {@code ::} between them, in one Java machine. The archive of loaded classes that quick starts use is
 * made from one run of a program, and it should hold what each of these commands needs. Their output goes nowhere but the last
 * exit code that is not 0.
 */
public final class Rehearsal {
    private static final String BETWEEN = "::";

    private Rehearsal() {}

    public static void main(String[] arguments) {
        ExitCode worst = ExitCode.OK;
        List<String> command = new ArrayList<>();
        for (int i = 0; i <= arguments.length; i++) {
            if (i < arguments.length && !arguments[i].equals(BETWEEN)) {
                command.add(arguments[i]);
                continue;
            }
            ExitCode exit = new Main(
                            System.getenv(),
                            InputStream.nullInputStream(),
                            OutputStream.nullOutputStream(),
                            System.err,
                            InstantSource.system())
                    .run(command);
            worst = exit == ExitCode.OK ? worst : exit;
            command.clear();
        }
        System.exit(worst.code());
    }
}
