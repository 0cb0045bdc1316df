package io.stratoswarm.core.process;

import io.stratoswarm.core.data.DataFolder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Where the runtime files and the logs of one agent lie.
 *
 * @param name the agent's id as a file name
 */
record AgentFolder(DataFolder data, String name) {
    /** Room for suffixes below the 255 bytes of a file name. */
    private static final int LONGEST = 200;

    static AgentFolder of(DataFolder data, String agent) {
        return new AgentFolder(data, encode(agent));
    }

    /** One-to-one: every byte that is not a letter, a digit, {@code _}, {@code -} or an inner dot becomes {@code %XX}. */
    static String encode(String agent) {
        StringBuilder name = new StringBuilder();
        for (byte b : agent.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-';
            if (plain || c == '.' && !name.isEmpty()) {
                name.append(c);
            } else {
                name.append('%').append(String.format("%02X", (int) c));
            }
        }
        if (name.isEmpty() || name.length() > LONGEST) {
            throw new io.stratoswarm.api.StratoswarmException(
                    io.stratoswarm.api.StratoswarmException.Kind.INVALID,
                    "agent id '" + agent + "' is empty or too long for a file name; use at most " + LONGEST
                            + " letters and digits");
        }
        return name.toString();
    }

    Path runtime() {
        return data.agents().resolve(name);
    }

    Path control() {
        return runtime().resolve("control");
    }

    Path out() {
        return runtime().resolve("out");
    }

    Path err() {
        return runtime().resolve("err");
    }

    /** Opened by the starting process and closed by the kernel at its exec. */
    Path exec() {
        return runtime().resolve("exec");
    }

    /** Where the agent announces readiness in the s6 way. */
    Path notice() {
        return runtime().resolve("notice");
    }

    /** What the keeper appends of all that happens. */
    Path state() {
        return runtime().resolve("state");
    }

    /** Made by the keeper: its pid and start time. */
    Path keeper() {
        return runtime().resolve("keeper");
    }

    /** Boot id of the host when the keeper was started. */
    Path boot() {
        return runtime().resolve("boot");
    }

    /** The working directory of agents that declare none. */
    Path work() {
        return runtime().resolve("work");
    }

    Path logs() {
        return data.logs().resolve(name);
    }
}
