package io.stratoswarm.launcher;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lets the tests in a framework use what the launcher would use. */
public final class LauncherSettings {
    private LauncherSettings() {}

    /** Framework properties of a daemon on this data folder, after its folders have been made as at a start. */
    public static Map<String, String> prepare(Path home, Path data) throws LaunchException {
        Places places = Places.parse(List.of("--data", data.toString()), Map.of(), home, "nobody", "/nonexistent");
        Folders.makeData(places);
        Folders.clearTransient(places);
        Map<String, String> properties =
                new HashMap<>(Launcher.configuration(places, Settings.read(places.config()), "0.0.0-test"));
        // The launcher adds the folder of accepted bundles after the start; here nobody does.
        properties.merge(Launcher.FOLDER, places.staged().toString(), (config, staged) -> staged + "," + config);
        properties.remove("felix.log.logger"); // Pax Exam takes strings only.
        return properties;
    }

    /** In which order the launcher starts it. */
    public static int rank(String symbolicName) {
        return Launcher.rank(symbolicName);
    }
}
