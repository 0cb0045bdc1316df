package io.stratoswarm.core.deploy;

import java.io.IOException;
import java.nio.file.Path;

/** The bundles that came with the distribution, of which some may be replaced by a file in the watched folder. */
interface ShippedBundles {
    boolean contains(String symbolicName);

    /** Whether it may be replaced while the daemon runs. */
    boolean hot(String symbolicName);

    void replace(String symbolicName, Path jar) throws IOException;

    /** Goes back to what was shipped. */
    void restore(String symbolicName) throws IOException;
}
