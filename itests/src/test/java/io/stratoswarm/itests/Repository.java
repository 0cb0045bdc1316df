package io.stratoswarm.itests;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where things lie in the checkout. */
final class Repository {
    private Repository() {}

    static Path root() {
        return Path.of(System.getProperty("stratoswarm.repository.root", ".."))
                .toAbsolutePath()
                .normalize();
    }

    static Path distribution() {
        Path home = root().resolve("launcher/target/stratoswarm");
        if (!Files.exists(home.resolve("bundles/core.jar"))) {
            throw new IllegalStateException("no distribution in " + home + "; run: mvn -pl launcher -am package");
        }
        return home;
    }
}
