package io.stratoswarm.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The folders that a daemon works with.
 *
 * @param home the distribution: lib, bundles, felix-config
 * @param data everything that the daemon remembers
 * @param config framework.properties and the configurations of components
 * @param help the caller only asked for the help text
 */
record Places(Path home, Path data, Path config, boolean help) {
    static final String USAGE = """
            Usage: stratoswarm daemon [--data DIR] [--config DIR]

            Runs the daemon in the foreground until it is told to stop. Agents keep running when it ends; the next start adopts
            them. 'stratoswarm shutdown' stops the agents first.

              --data DIR    data folder; else $STRATOSWARM_DATA, else /var/lib/stratoswarm for root and
                            ${XDG_DATA_HOME:-~/.local/share}/stratoswarm for others
              --config DIR  configuration folder; else $STRATOSWARM_CONFIG, else felix-config in the distribution

            Options for the Java machine may be given in $STRATOSWARM_JAVA_OPTS.

            Example: stratoswarm daemon --data /srv/stratoswarm

            Exit statuses:
            """;

    static Places parse(
            List<String> arguments, Map<String, String> environment, Path home, String user, String userHome)
            throws LaunchException {
        String data = environment.getOrDefault("STRATOSWARM_DATA", "");
        String config = environment.getOrDefault("STRATOSWARM_CONFIG", "");
        boolean help = false;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
            String name = equals < 0 ? argument : argument.substring(0, equals);
            switch (name) {
                case "-h", "--help" -> help = true;
                case "--data", "--config" -> {
                    String value = equals < 0
                            ? (++i < arguments.size() ? arguments.get(i) : "")
                            : argument.substring(equals + 1);
                    if (value.isEmpty()) {
                        throw new LaunchException(
                                Exit.USAGE, name + " needs a folder, for example " + name + " /srv/stratoswarm");
                    }
                    if (name.equals("--data")) {
                        data = value;
                    } else {
                        config = value;
                    }
                }
                default ->
                    throw new LaunchException(
                            Exit.USAGE,
                            "unknown argument '" + argument + "'; 'stratoswarm daemon --help' lists what there is");
            }
        }
        Path dataFolder = data.isEmpty() ? defaultData(environment, user, userHome) : Path.of(data);
        Path configFolder = config.isEmpty() ? home.resolve("felix-config") : Path.of(config);
        return new Places(
                home,
                dataFolder.toAbsolutePath().normalize(),
                configFolder.toAbsolutePath().normalize(),
                help);
    }

    private static Path defaultData(Map<String, String> environment, String user, String userHome) {
        if (user.equals("root")) {
            return Path.of("/var/lib/stratoswarm");
        }
        String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
        // The XDG specification says that a relative path there is invalid and to be ignored.
        return (xdg.startsWith("/") ? Path.of(xdg) : Path.of(userHome, ".local", "share")).resolve("stratoswarm");
    }

    Path frameworkStorage() {
        return data.resolve("framework");
    }

    Path staging() {
        return data.resolve("staging");
    }

    /** Where accepted bundles lie for File Install; the deploy folder itself is never loaded from. */
    Path staged() {
        return staging().resolve("active");
    }

    Path deploy() {
        return data.resolve("deploy");
    }

    Path socket() {
        return data.resolve("api.sock");
    }

    Path log() {
        return data.resolve("logs").resolve("daemon.log");
    }
}
