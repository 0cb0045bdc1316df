package io.stratoswarm.core.manifest;

import io.stratoswarm.api.agent.AgentSpec.Secret;
import io.stratoswarm.api.graph.GraphTree;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads variables and secrets. A secret's value never passes through here: only the name of its file does. */
final class EnvironmentReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String RESERVED = "STRATOSWARM_";

    /** MAX_ARG_STRLEN of Linux: no single string of an environment may be longer. */
    private static final int MAX_STRING = 128 * 1024;

    private final Problems problems;

    EnvironmentReader(Problems problems) {
        this.problems = problems;
    }

    Map<String, String> environment(Fields node) {
        Map<String, String> found = new LinkedHashMap<>();
        node.texts("environment").forEach((name, value) -> {
            checkName(value.place(), name);
            if (name.length() + value.value().length() >= MAX_STRING - 1) {
                problems.error(value.place(), "a variable has at most 128 KiB on Linux; put long values into a file");
            }
            found.put(name, value.value());
        });
        return found;
    }

    Map<String, Secret> secrets(Fields node, Map<String, String> environment) {
        Map<String, Secret> found = new LinkedHashMap<>();
        node.object("secrets")
                .ifPresent(object -> object.members().forEach(member -> {
                    checkName(member.place(), member.key());
                    if (environment.containsKey(member.key())) {
                        problems.error(
                                member.place(),
                                "'" + Problems.clip(member.key(), 60)
                                        + "' stands in 'environment' and in 'secrets'; keep one");
                    }
                    secret(member).ifPresent(secret -> found.put(member.key(), secret));
                }));
        return found;
    }

    private Optional<Secret> secret(GraphTree.Member member) {
        if (!(member.value() instanceof GraphTree.Obj object)) {
            problems.error(
                    member.value().place(),
                    "a secret is given by file only: {\"file\": \"/etc/app/token\"}; never write its value here");
            return Optional.empty();
        }
        Fields fields = new Fields(problems, object, "a secret", Keys.SECRET);
        fields.require("file", "\"/etc/app/token\"");
        return fields.text("file").flatMap(file -> {
            if (!file.startsWith("/")) {
                problems.error(
                        fields.place("file"),
                        "the file of a secret must be an absolute path, not '" + Problems.clip(file, 60) + "'");
                return Optional.empty();
            }
            return Optional.of(new Secret(file));
        });
    }

    private void checkName(GraphTree.Place place, String name) {
        if (!NAME.matcher(name).matches()) {
            problems.error(
                    place,
                    "'" + Problems.clip(name, 60)
                            + "' is no name of a variable; use letters, digits and _, not starting with a digit");
        } else if (name.startsWith(RESERVED)) {
            problems.warn(
                    place, "names that start with " + RESERVED + " belong to the daemon, which may overwrite them");
        }
    }
}
