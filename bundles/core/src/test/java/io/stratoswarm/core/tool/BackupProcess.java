package io.stratoswarm.core.tool;

import java.nio.file.Path;

/** Backs a journal up from a process of its own, as the command line does: LMDB must not open a file twice in one process. */
public final class BackupProcess {
    private BackupProcess() {}

    public static void main(String[] arguments) {
        JournalTools.BackupResult result = JournalTools.backup(Path.of(arguments[0]), Path.of(arguments[1]));
        System.out.println(result.journal() + " " + result.size() + " " + result.rootHash());
    }

    /** What it made of it. */
    static JournalTools.BackupResult run(Path data, Path target) throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        BackupProcess.class.getName(),
                        data.toString(),
                        target.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String last = process.inputReader().lines().reduce("", (before, line) -> line);
        if (process.waitFor() != 0) {
            throw new AssertionError("the backup ended with " + process.exitValue() + " after: " + last);
        }
        String[] words = last.split(" ");
        return new JournalTools.BackupResult(words[0], Long.parseLong(words[1]), words[2], target);
    }
}
