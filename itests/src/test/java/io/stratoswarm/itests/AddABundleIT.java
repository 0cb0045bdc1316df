package io.stratoswarm.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/add-a-bundle.md tells a newcomer to do, block by block, in one shell. */
class AddABundleIT {
    private static final Pattern BLOCK = Pattern.compile("^```sh\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final long LIMIT_SECONDS = 120;

    @TempDir
    Path folder;

    @Test
    void shouldLeadFromNothingToALoadedPlugin() throws Exception {
        Path script = folder.resolve("steps.sh");
        Files.writeString(script, steps());
        Path output = folder.resolve("output");
        ProcessBuilder shell = new ProcessBuilder("/bin/sh", script.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        shell.environment()
                .put(
                        "STRATOSWARM",
                        Repository.distribution().resolve("stratoswarm").toString());
        shell.environment().put("STRATOSWARM_DATA", folder.resolve("data").toString());
        shell.environment().put("STRATOSWARM_NO_ARCHIVES", "yes");
        shell.environment().put("WORK", folder.resolve("work").toString());
        Process process = shell.start();
        try {
            assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), () -> "still running; " + read(output));
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
        String said = read(output);
        assertEquals(0, process.exitValue(), said);
        int loaded = said.indexOf("com.example.hello");
        assertTrue(loaded > 0 && said.indexOf("version 1") > loaded, said);
        assertTrue(said.contains("1.1.0") && said.contains("version 2"), said);
        assertTrue(said.contains("is not a jar"), said);
        assertFalse(said.substring(said.indexOf("version 2")).contains("com.example.hello"), "it has left: " + said);
    }

    private static String steps() throws IOException {
        StringBuilder steps = new StringBuilder("set -eu\n");
        Matcher blocks = BLOCK.matcher(Files.readString(Repository.root().resolve("docs/add-a-bundle.md")));
        int count = 0;
        while (blocks.find()) {
            steps.append(blocks.group(1));
            count++;
        }
        assertTrue(count >= 8, "only " + count + " blocks of commands");
        return steps.toString();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
