package io.stratoswarm.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Version;

/**
 * Run by the build: lists the packages of the platform libraries with their versions, as the value of the framework property
 * org.osgi.framework.system.packages.extra. A jar with an Export-Package header is taken at its word; of the others every
 * package is listed, under the version in the file's name.
 */
final class SystemPackages {
    static final String RESOURCE = "/io/stratoswarm/launcher/system-packages.txt";

    /** Libraries that only other platform libraries use, or only this launcher; bundles get to see none of them. */
    private static final Pattern HIDDEN = Pattern.compile(
            "(org\\.apache\\.felix\\.framework|picocli|jnr-.*|jffi|asm|asm-.*|native|jspecify|jackson-(core|databind)-3).*");

    private static final Pattern VERSION_IN_NAME =
            Pattern.compile(".*?-(\\d+)\\.(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?.*\\.jar");
    private static final Pattern CLAUSE =
            Pattern.compile("([\\w.]+(?:;[\\w.]+)*)((?:;[\\w-]+:?=(?:\"[^\"]*\"|[^;,\"]*))*)(?:,|$)");
    private static final Pattern CLAUSE_VERSION = Pattern.compile(";version=\"?([^\",;]+)\"?");

    private SystemPackages() {}

    /** Arguments: the file to write, and the class path. */
    public static void main(String[] arguments) throws IOException {
        SortedMap<String, String> packages = new TreeMap<>();
        for (String element : arguments[1].split(java.io.File.pathSeparator)) {
            Path jar = Path.of(element);
            if (element.endsWith(".jar")
                    && !HIDDEN.matcher(jar.getFileName().toString()).matches()) {
                packages.putAll(packagesOf(jar));
            }
        }
        String text = packages.entrySet().stream()
                .map(entry -> entry.getKey() + ";version=\"" + entry.getValue() + "\"")
                .collect(Collectors.joining(",\n", "", "\n"));
        Path output = Path.of(arguments[0]);
        Files.createDirectories(output.getParent());
        Files.writeString(output, text);
    }

    /** The list as the framework wants it. */
    static String load() throws LaunchException {
        try (@Nullable InputStream in = SystemPackages.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new LaunchException(
                        Exit.CONFIGURATION,
                        RESOURCE + " is missing from the launcher's jar; build it again with mvn package");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\n", "");
        } catch (IOException e) {
            throw new LaunchException(Exit.CONFIGURATION, "cannot read " + RESOURCE + " in the launcher's jar", e);
        }
    }

    private static Map<String, String> packagesOf(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            @Nullable Manifest manifest = jar.getManifest();
            @Nullable Attributes attributes = manifest == null ? null : manifest.getMainAttributes();
            @Nullable String exports = attributes == null ? null : attributes.getValue("Export-Package");
            return exports != null ? parse(exports) : scan(jar, versionOf(file));
        }
    }

    static SortedMap<String, String> parse(String exports) {
        SortedMap<String, String> packages = new TreeMap<>();
        Matcher clauses = CLAUSE.matcher(exports);
        int end = 0;
        while (clauses.find() && clauses.start() == end) {
            end = clauses.end();
            Matcher version = CLAUSE_VERSION.matcher(clauses.group(2));
            String value = version.find() ? version.group(1) : "0.0.0";
            for (String name : List.of(clauses.group(1).split(";"))) {
                packages.merge(name, value, SystemPackages::higher);
            }
        }
        if (end != exports.length()) {
            throw new IllegalArgumentException("cannot parse Export-Package at: " + exports.substring(end));
        }
        return packages;
    }

    /** slf4j exports its packages under 1.7 as well, for old importers; here each package has one version. */
    private static String higher(String a, String b) {
        return Version.parseVersion(a).compareTo(Version.parseVersion(b)) >= 0 ? a : b;
    }

    private static SortedMap<String, String> scan(JarFile jar, String version) {
        SortedMap<String, String> packages = new TreeMap<>();
        jar.stream()
                .map(entry -> entry.getName())
                .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/") && name.indexOf('/') > 0)
                .map(name -> name.substring(0, name.lastIndexOf('/')).replace('/', '.'))
                .forEach(name -> packages.put(name, version));
        return packages;
    }

    static String versionOf(Path file) {
        Matcher matcher = VERSION_IN_NAME.matcher(file.getFileName().toString());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no version in the name of " + file);
        }
        String micro = matcher.group(3) == null ? "0" : matcher.group(3);
        return Version.parseVersion(matcher.group(1) + "." + matcher.group(2) + "." + micro)
                .toString();
    }
}
