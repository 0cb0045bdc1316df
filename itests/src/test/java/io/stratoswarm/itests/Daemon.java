package io.stratoswarm.itests;

import io.stratoswarm.launcher.LauncherSettings;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.ExamSystem;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.nat.internal.NativeTestContainer;
import org.ops4j.pax.exam.spi.DefaultExamSystem;
import org.ops4j.pax.exam.spi.PaxExamRuntime;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** A framework with the bundles of the distribution, on a data folder of its own. */
final class Daemon implements AutoCloseable {
    private static final String API = "io.stratoswarm.api.";

    private static final int START_LEVEL = 10;

    private final Path data;
    private final NativeTestContainer container;

    private Daemon(Path data, NativeTestContainer container) {
        this.data = data;
        this.container = container;
    }

    static Daemon start(Path data) throws Exception {
        Path home = Repository.distribution();
        List<Option> options = new ArrayList<>();
        LauncherSettings.prepare(home, data)
                .forEach((name, value) ->
                        options.add(CoreOptions.frameworkProperty(name).value(value)));
        options.add(CoreOptions.frameworkProperty("stratoswarm.rehearse").value("false"));
        options.add(CoreOptions.frameworkStartLevel(START_LEVEL));
        try (Stream<Path> jars = Files.list(home.resolve("bundles"))) {
            for (Path jar : jars.sorted().toList()) {
                options.add(CoreOptions.bundle("reference:" + jar.toUri())
                        .startLevel(2 + LauncherSettings.rank(PluginJar.symbolicName(jar)))
                        .start());
            }
        }
        ExamSystem system = DefaultExamSystem.create(options.toArray(Option[]::new));
        NativeTestContainer container = (NativeTestContainer) PaxExamRuntime.createContainer(system);
        container.start();
        return new Daemon(data, container);
    }

    BundleContext context() {
        return container.getSystemBundle().getBundleContext();
    }

    Path dataFolder() {
        return data;
    }

    Path deployFolder() {
        return data.resolve("deploy");
    }

    Bundle bundle(String symbolicName) {
        return findBundle(symbolicName)
                .orElseThrow(() -> new AssertionError("no bundle " + symbolicName + " among " + plugins()));
    }

    Optional<Bundle> findBundle(String symbolicName) {
        return Stream.of(context().getBundles())
                .filter(it -> symbolicName.equals(it.getSymbolicName()))
                .findFirst();
    }

    boolean active(String symbolicName) {
        return findBundle(symbolicName)
                .filter(it -> it.getState() == Bundle.ACTIVE)
                .isPresent();
    }

    /** Puts a file there as an operator should: written aside, then renamed. */
    void drop(String name, byte[] bytes) throws IOException {
        Path hidden = deployFolder().resolve("." + name + ".new");
        Files.write(hidden, bytes);
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(
                hidden,
                deployFolder().resolve(name),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** As {@code stratoswarm plugins} shows them. */
    List<Map<String, String>> plugins() {
        List<Map<String, String>> all = new ArrayList<>();
        for (Object status : (List<?>) call(service(API + "plugin.Plugins"), "list")) {
            all.add(asMap(status));
        }
        return all;
    }

    Optional<Map<String, String>> plugin(String file) {
        return plugins().stream().filter(it -> file.equals(it.get("file"))).findFirst();
    }

    String stateOf(String file) {
        return plugin(file).map(it -> Objects.requireNonNull(it.get("state"))).orElse("absent");
    }

    String reasonOf(String file) {
        return plugin(file).map(it -> Objects.requireNonNull(it.get("reason"))).orElse("absent");
    }

    /** Payloads of all events of a type, oldest first. */
    List<String> events(String type) {
        Object query;
        try {
            Class<?> queryType = bundle("io.stratoswarm.api").loadClass(API + "journal.EventQuery");
            query = call(queryType.getMethod("all").invoke(null), "type", type);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        query = call(query, "limit", 1_000_000);
        List<String> payloads = new ArrayList<>();
        for (Object event : (List<?>) call(service(API + "journal.Journal"), "read", query)) {
            payloads.add((String) call(event, "payloadText"));
        }
        return payloads;
    }

    Object service(String type) {
        @Nullable ServiceReference<?> reference = context().getServiceReference(type);
        if (reference == null) {
            throw new AssertionError("no service " + type + "; plugins: "
                    + Stream.of(context().getBundles()).toList());
        }
        return Objects.requireNonNull(context().getService(reference), type);
    }

    /** Calls a public method by name and number of arguments, through the first public type that has it. */
    static Object call(Object target, String name, Object... arguments) {
        for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
            for (Class<?> candidate : Stream.concat(Stream.of(type), Stream.of(type.getInterfaces()))
                    .toList()) {
                for (Method method : candidate.getMethods()) {
                    if (method.getName().equals(name)
                            && method.getParameterCount() == arguments.length
                            && accepts(method, arguments)
                            && java.lang.reflect.Modifier.isPublic(
                                    method.getDeclaringClass().getModifiers())) {
                        return invoke(method, target, arguments);
                    }
                }
            }
        }
        throw new AssertionError(target.getClass() + " has no public " + name);
    }

    private static boolean accepts(Method method, Object[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            Class<?> wanted = method.getParameterTypes()[i];
            if (!wanted.isPrimitive() && !wanted.isInstance(arguments[i])) {
                return false;
            }
        }
        return true;
    }

    private static Object invoke(Method method, Object target, Object... arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw new AssertionError(method + " failed", e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, String> asMap(Object record) {
        Map<String, String> map = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            map.put(component.getName(), String.valueOf(invoke(component.getAccessor(), record)));
        }
        return map;
    }

    @Override
    public void close() {
        container.stop();
    }
}
