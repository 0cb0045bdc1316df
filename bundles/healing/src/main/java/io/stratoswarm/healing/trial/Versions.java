package io.stratoswarm.healing.trial;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.script.KeptScript;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.healing.script.HealingKind;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds a version of a script by its hash: the one of the file, or an earlier one that still acts while that one is tried. */
final class Versions {
    private static final Logger LOG = LoggerFactory.getLogger(Versions.class);
    private static final long LOAD_SECONDS = 60;

    private final HealingKind kind;
    private final Supplier<Optional<Scripts>> scripts;
    private final Map<String, KeptScript> kept = new ConcurrentHashMap<>();

    Versions(HealingKind kind, Supplier<Optional<Scripts>> scripts) {
        this.kind = kind;
        this.scripts = scripts;
    }

    Optional<LoadedScript> find(String name, String hash) {
        Optional<LoadedScript> present =
                kind.find(name).filter(script -> script.hash().equals(hash));
        return present.isPresent()
                ? present
                : Optional.<LoadedScript>ofNullable(kept.get(name))
                        .filter(script -> script.hash().equals(hash));
    }

    /**
     * Has the version that acts at hand.
     *
     * @param hash of it; empty where none acts
     */
    void keep(String name, String hash) {
        boolean needed = !hash.isEmpty()
                && kind.find(name).filter(script -> !script.hash().equals(hash)).isPresent();
        KeptScript there = kept.get(name);
        if (there != null && !(needed && there.hash().equals(hash))) {
            kept.remove(name);
            there.close();
        }
        if (needed && find(name, hash).isEmpty()) {
            load(name, hash);
        }
    }

    private void load(String name, String hash) {
        try {
            CompletableFuture<KeptScript> loading = scripts.get()
                    .orElseThrow(() -> new StratoswarmException(
                            StratoswarmException.Kind.UNAVAILABLE, "the scripts are not there"))
                    .kept(name, hash);
            kept.put(name, loading.get(LOAD_SECONDS, TimeUnit.SECONDS));
        } catch (StratoswarmException | ExecutionException | TimeoutException e) {
            LOG.warn(
                    "script {}: its version {}, which acts while a newer one is tried, cannot be loaded; nothing is asked of it: {}",
                    name,
                    hash,
                    e.getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void close() {
        kept.values().forEach(KeptScript::close);
        kept.clear();
    }
}
