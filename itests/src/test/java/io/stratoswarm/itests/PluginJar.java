package io.stratoswarm.itests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Makes plugins from source text, compiled against the {@code api} of the distribution and nothing else of ours. */
final class PluginJar {
    private final String symbolicName;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, byte[]> resources = new LinkedHashMap<>();
    private final List<Path> extraClassPath = new ArrayList<>();

    private PluginJar(String symbolicName, String version) {
        this.symbolicName = symbolicName;
        headers.put("Bundle-ManifestVersion", "2");
        headers.put("Bundle-SymbolicName", symbolicName);
        headers.put("Bundle-Version", version);
    }

    static PluginJar of(String symbolicName, String version) {
        return new PluginJar(symbolicName, version);
    }

    static String symbolicName(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getManifest()
                    .getMainAttributes()
                    .getValue("Bundle-SymbolicName")
                    .split(";")[0]
                    .strip();
        }
    }

    PluginJar header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    PluginJar source(String className, String text) {
        sources.put(className, text);
        return this;
    }

    /** Classes of another plugin that this one is compiled against. */
    PluginJar against(Path jar) {
        extraClassPath.add(jar);
        return this;
    }

    /** A component that provides services, with references as XML elements. */
    PluginJar component(String className, String services, String references) {
        String name = "OSGI-INF/" + className + ".xml";
        String provided = Stream.of(services.split(","))
                .filter(it -> !it.isEmpty())
                .map(it -> "<provide interface=\"" + it + "\"/>")
                .collect(Collectors.joining());
        String xml = "<scr:component xmlns:scr=\"http://www.osgi.org/xmlns/scr/v1.4.0\" name=\"" + className
                + "\" immediate=\"true\" activate=\"activate\" deactivate=\"deactivate\">"
                + "<implementation class=\"" + className + "\"/>"
                + (provided.isEmpty() ? "" : "<service>" + provided + "</service>") + references + "</scr:component>";
        resources.put(name, xml.getBytes(StandardCharsets.UTF_8));
        headers.merge("Service-Component", name, (a, b) -> a + "," + b);
        return this;
    }

    byte[] build() throws IOException {
        Path classes = Files.createTempDirectory("plugin-classes-");
        try {
            compile(classes);
            return pack(classes);
        } finally {
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void compile(Path classes) throws IOException {
        if (sources.isEmpty()) {
            return;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<Path> classPath = new ArrayList<>(extraClassPath);
            classPath.add(Repository.distribution().resolve("bundles/api.jar"));
            files.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath);
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
            List<JavaFileObject> units = new ArrayList<>();
            sources.forEach((name, text) -> units.add(new Source(name, text)));
            StringWriter messages = new StringWriter();
            boolean good = compiler.getTask(messages, files, null, List.of("-proc:none"), null, units)
                    .call();
            if (!good) {
                throw new AssertionError(symbolicName + " does not compile:\n" + messages);
            }
        }
    }

    private byte[] pack(Path classes) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.forEach((name, value) -> manifest.getMainAttributes().putValue(name, value));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                entry(jar, classes.relativize(file).toString(), Files.readAllBytes(file));
            }
            for (Map.Entry<String, byte[]> resource : resources.entrySet()) {
                entry(jar, resource.getKey(), resource.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static void entry(JarOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(new ZipEntry(name));
        jar.write(content);
        jar.closeEntry();
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
