package io.stratoswarm.launcher;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** The file framework.properties. Has no logger, since it decides how logging is set up. */
final class Settings {
    private Settings() {}

    static Map<String, String> read(Path config) throws LaunchException {
        Path file = config.resolve("framework.properties");
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new LaunchException(Exit.CONFIGURATION, "cannot read " + file + ": " + e.getMessage(), e);
        }
        Map<String, String> settings = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }

    /** Logging is set up from system properties; those given on the command line win over the file. */
    static void setUpLog(Places places, Map<String, String> settings) {
        settings.forEach((name, value) -> {
            if (name.startsWith("stratoswarm.log.")) {
                System.getProperties().putIfAbsent(name, value);
            }
        });
        System.setProperty(LogSetup.FILE, places.log().toString());
    }
}
