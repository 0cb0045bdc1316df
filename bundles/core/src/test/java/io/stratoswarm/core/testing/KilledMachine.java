package io.stratoswarm.core.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A Java program of the tests that is started again and again, to be killed. What its first run loads is kept in an archive, which halves
 * the time of each later start; an archive wants jars, so the folders of the class path become one.
 */
public final class KilledMachine {
    private static final int SECONDS = 60;

    private final List<String> options;
    private final String main;

    /**
     * @param main its class
     * @param scratch a folder for the archive
     * @param arguments of the run that is observed, which must print when it is at work and end on SIGTERM
     */
    public KilledMachine(Class<?> main, Path scratch, String... arguments) {
        this.main = main.getName();
        Path archive = scratch.resolve("classes.aot");
        String path = classPath(scratch);
        observe(options("-XX:AOTCacheOutput=" + archive, path), arguments);
        if (!Files.exists(archive)) {
            throw new IllegalStateException("the first run of " + main + " left no archive " + archive);
        }
        this.options = options("-XX:AOTCache=" + archive, path);
    }

    private static List<String> options(String archive, String classPath) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                archive,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath);
    }

    /** Starts it; what it says on standard error is dropped. */
    public Process start(String... arguments) {
        return start(options, arguments);
    }

    private Process start(List<String> begin, String... arguments) {
        List<String> command = new ArrayList<>(begin);
        command.add(main);
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void observe(List<String> begin, String... arguments) {
        Process process = start(begin, arguments);
        try (InputStream out = process.getInputStream()) {
            if (out.read() < 0) {
                throw new IllegalStateException(main + " ended before it said anything");
            }
            process.toHandle().destroy();
            out.transferTo(OutputStream.nullOutputStream());
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(main + " did not end within " + SECONDS + " s");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String classPath(Path scratch) {
        List<Path> folders = new ArrayList<>();
        List<String> entries = new ArrayList<>();
        Path jar = scratch.resolve("folders.jar");
        entries.add(jar.toString());
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String entry : all.split(java.io.File.pathSeparator)) {
            if (Files.isDirectory(Path.of(entry))) {
                folders.add(Path.of(entry));
            } else {
                entries.add(entry);
            }
        }
        pack(folders, jar);
        return String.join(java.io.File.pathSeparator, entries);
    }

    /** The first of two files with one name counts, as on a class path. */
    private static void pack(List<Path> folders, Path jar) {
        Set<String> names = new LinkedHashSet<>();
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            out.setLevel(0);
            for (Path folder : folders) {
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        String name = folder.relativize(file).toString();
                        if (names.add(name)) {
                            out.putNextEntry(new ZipEntry(name));
                            Files.copy(file, out);
                            out.closeEntry();
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
