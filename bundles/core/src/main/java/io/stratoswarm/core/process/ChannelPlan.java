package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Wire;
import io.stratoswarm.core.pipe.LinuxPipes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * How an agent's process gets its channels. The shell can name the descriptors 3 to 9 alone, all of which it uses itself until the
 * exec; so they are opened in the line that closes the shell's own.
 *
 * @param standard redirections of stdin and stdout
 * @param further redirection by descriptor
 * @param environment what names the descriptors to the process
 */
record ChannelPlan(String standard, Map<Integer, String> further, Map<String, String> environment) {
    static final ChannelPlan NONE = new ChannelPlan("", Map.of(), Map.of());
    private static final String PREFIX = "STRATOSWARM_CHANNEL_";

    /**
     * @param switches whether the process becomes another user, for which a second shell needs some of the descriptors
     * @param notice descriptor by which it says that it is ready
     */
    static ChannelPlan of(Path runtime, String agent, AgentSpec spec, boolean switches, Optional<Integer> notice) {
        if (spec.wires().isEmpty()) {
            return NONE;
        }
        Wires.check(agent, spec);
        List<Integer> free = new ArrayList<>(switches ? List.of(3, 5, 6) : List.of(3, 4, 5, 6, 7, 8));
        if (!switches || notice.isEmpty()) {
            free.add(9);
        }
        notice.ifPresent(fd -> free.remove(fd));
        int most = free.size();
        StringBuilder standard = new StringBuilder();
        Map<Integer, String> further = new TreeMap<>();
        Map<String, String> environment = new TreeMap<>();
        for (Wire wire : spec.wires()) {
            String redirection = redirection(runtime, wire);
            if (wire.channel().equals("stdin") || wire.channel().equals("stdout")) {
                standard.append(' ').append(redirection);
                continue;
            }
            if (free.isEmpty()) {
                throw new StratoswarmException(
                        StratoswarmException.Kind.INVALID,
                        "agent " + agent
                                + " has more channels besides stdin and stdout that flows are connected to than "
                                + "the " + most + " descriptors that it can be given"
                                + (switches ? " as another user" : "")
                                + "; connect fewer, or split the program");
            }
            int fd = free.removeFirst();
            further.put(fd, fd + redirection);
            String name = PREFIX + wire.channel().toUpperCase(Locale.ROOT).replace('-', '_');
            if (environment.put(name, Integer.toString(fd)) != null) {
                throw new StratoswarmException(
                        StratoswarmException.Kind.INVALID,
                        "two channels of agent " + agent + " would both be named by the variable " + name
                                + "; rename one of them");
            }
        }
        return new ChannelPlan(standard.toString(), further, environment);
    }

    /** For writing or for reading alone, so that a program's own end of its input keeps nobody from an end. */
    private static String redirection(Path runtime, Wire wire) {
        String file = runtime.resolve(LinuxPipes.fileName(wire.channel(), OptionalLong.empty()))
                .toString();
        return (wire.out() ? ">" : "<") + Shell.quote(file) + (wire.fresh() ? ".\"$_sw_number\"" : "");
    }
}
