package io.stratoswarm.api.host;

/**
 * One thing that this host can or cannot do.
 *
 * @param name for example {@code cgroup.memory}
 * @param available whether it works here, by probe
 * @param detail what was found where available; the reason and what would help where not
 */
public record Capability(String name, boolean available, String detail) {}
