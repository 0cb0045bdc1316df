package io.stratoswarm.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Compares what each bundle of ours imports and exports with {@code wiring.txt}, so that a change of wiring shows in review.
 * After a change that is meant: {@code mvn verify -pl itests -am -Dit.test=WiringIT -Dwiring.update=true}.
 */
class WiringIT {
    private static final Path GOLDEN = Repository.root().resolve("itests/src/test/resources/wiring.txt");
    private static final Pattern CLAUSE = Pattern.compile("([\\w.]+)((?:;[\\w-]+:?=(?:\"[^\"]*\"|[^;,\"]*))*)(?:,|$)");

    @Test
    void shouldBeWiredAsReviewed() throws IOException {
        StringBuilder actual = new StringBuilder();
        try (Stream<Path> jars = Files.list(Repository.distribution().resolve("bundles"))) {
            for (Path jar : jars.sorted().toList()) {
                if (PluginJar.symbolicName(jar).startsWith("io.stratoswarm.")) {
                    describe(jar, actual);
                }
            }
        }
        if (Boolean.getBoolean("wiring.update")) {
            Files.writeString(GOLDEN, actual);
        }
        assertEquals(
                Files.readString(GOLDEN),
                actual.toString(),
                "wiring changed; if meant, run again with -Dwiring.update=true");
    }

    private static void describe(Path jar, StringBuilder out) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Attributes attributes = file.getManifest().getMainAttributes();
            out.append(attributes.getValue("Bundle-SymbolicName")).append('\n');
            list("exports", attributes.getValue("Export-Package"), out);
            list("imports", attributes.getValue("Import-Package"), out);
            list("may import", attributes.getValue("DynamicImport-Package"), out);
        }
    }

    /** Packages of the JDK say nothing about how the house is cut; uses clauses repeat the classes. */
    private static void list(String title, String header, StringBuilder out) {
        TreeSet<String> lines = new TreeSet<>();
        Matcher clauses = CLAUSE.matcher(header == null ? "" : header);
        while (clauses.find()) {
            String attributes = clauses.group(2).replaceAll(";uses:=\"[^\"]*\"", "");
            if (!clauses.group(1).startsWith("java.")) {
                lines.add("    " + clauses.group(1) + attributes);
            }
        }
        if (!lines.isEmpty()) {
            out.append("  ").append(title).append('\n');
            lines.forEach(it -> out.append(it).append('\n'));
        }
    }
}
