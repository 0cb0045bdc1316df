package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.Rlimit;
import io.stratoswarm.core.linux.Linux;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes the shell script that turns a freshly forked process into an agent. Each step is named first, so that a step that
 * fails is reported by name; the exec is the last step, and the descriptors of the keeper are closed by it and by nothing
 * before, so that their closing says that the program runs.
 *
 * <p>A secret's value is read by the shell from its file and is in no script and no argument list.
 */
final class StartScript {
    static final String EXEC_STEP = "run the command";

    /** Variables that the shell gives a meaning of its own, so that they cannot be set to any value. */
    private static final Set<String> RESERVED = Set.of("OPTIND", "LINENO", "PPID");

    private static final Set<String> RLIMITS = Set.of(
            "as",
            "core",
            "cpu",
            "data",
            "fsize",
            "locks",
            "memlock",
            "msgqueue",
            "nice",
            "nofile",
            "nproc",
            "rss",
            "rtprio",
            "rttime",
            "sigpending",
            "stack");
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final AgentFolder folder;
    private final String agent;
    private final AgentSpec spec;
    private final String mark;
    private final Optional<String> notifySocket;
    private final StringBuilder text = new StringBuilder(1024);
    private ChannelPlan channels = ChannelPlan.NONE;

    /**
     * @param mark what the agent's processes carry in their environment; the incarnation is put behind it
     */
    StartScript(AgentFolder folder, String agent, AgentSpec spec, String mark, Optional<String> notifySocket) {
        this.folder = folder;
        this.agent = agent;
        this.spec = spec;
        this.mark = mark;
        this.notifySocket = notifySocket;
    }

    /** Who the agent runs as. */
    record Identity(Account account, int gid, boolean switches, boolean userNamed) {}

    static Identity identity(AgentSpec spec) {
        int uid = Linux.effectiveUser();
        int gid = Linux.effectiveGroup();
        Account account = Account.find(spec.user().orElse(Integer.toString(uid)));
        boolean named = spec.user().isPresent();
        int group = spec.group().map(Account::group).orElse(named ? account.gid() : gid);
        boolean switches = account.uid() != uid || spec.group().isPresent() && group != gid;
        if (switches && uid != 0) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.FORBIDDEN,
                    "the daemon runs as user " + uid + " and cannot become user '" + account.name() + "', group "
                            + group + "; run the daemon as root or drop 'user' and 'group' from the manifest");
        }
        return new Identity(account, group, switches, named);
    }

    /**
     * The script that the keeper runs as {@code . ./start.HASH} with {@code _sw_number} set to the incarnation, or ahead of the
     * order, with none, and then it waits for the order halfway. Before that point it does what is the same for every incarnation
     * and nothing that reads what may change meanwhile.
     */
    String forKeeper() {
        Identity identity = identity(spec);
        line("trap '_sw_code=$?; [ -z \"$_sw_number\" ] || tell \"fail $_sw_number $_sw_code $_sw_step\"' EXIT");
        line("set -e");
        step("begin");
        // The shortest way for a forked shell to its own pid: a read of /proc/self/stat is a system call for each byte.
        line("cd -P /proc/self");
        line("_sw_me=${PWD#/proc/}");
        line("cd -- " + Shell.quote(folder.runtime().toString()));
        line("exec 8<>exec </dev/null >out 2>err");
        Optional<Integer> notice = noticeDescriptor();
        notice.ifPresent(fd -> line("exec 9>notice"));
        channels = ChannelPlan.of(folder.runtime(), agent, spec, identity.switches(), notice);
        // The programs that set it up must not see the agent's environment, so where there are any, it comes after
        // them.
        boolean bare = spec.rlimits().isEmpty()
                && spec.niceness().isEmpty()
                && spec.affinity().isEmpty()
                && spec.secrets().isEmpty();
        if (bare) {
            environment(identity);
            step("begin");
        }
        line("[ -n \"$_sw_number\" ] || _sw_await");
        String begin = Shell.quote(new StagedImage(folder).begin().toString());
        line("[ ! -e " + begin + " ] || { _sw_step='go on from its image'; . " + begin + "; }");
        line("tell \"run $_sw_number $_sw_me\"");
        setUp(identity, !bare);
        line("export STRATOSWARM_INCARNATION=\"$_sw_number\" STRATOSWARM_MARK=" + Shell.quote(mark)
                + "\"$_sw_number\"");
        if (!channels.standard().isEmpty()) {
            // Not before: neither the tools above nor a shell that waits for its order may have to do with what flows.
            step("connect its channels");
            line("exec" + channels.standard());
        }
        if (identity.switches()) {
            step("become user " + identity.account().name());
            line("tell \"switch $_sw_number\"");
            line("{ exec " + become(identity) + " " + Shell.tool("dash") + " -c " + Shell.quote(secondStage(notice))
                    + " \"$_sw_number\" " + Shell.quote(spec.command()) + "; }" + closing(List.of(3, 5, 6))
                    + opening());
        } else {
            step(EXEC_STEP);
            line("{ exec " + Shell.quote(spec.command()) + "; }" + closing(List.of(3, 4, 5, 6, 7, 8), notice)
                    + opening());
        }
        return text.toString();
    }

    /** A script that runs another command the way the agent runs: a hook or a probe. */
    String forCommand(List<String> command, List<Path> cgroups) {
        Identity identity = identity(spec);
        line("set -e");
        line("read -r _sw_me _ </proc/self/stat");
        for (Path procs : cgroups) {
            line("echo 0 >" + Shell.quote(procs.toString()));
        }
        setUp(identity, true);
        line("export STRATOSWARM_MARK=" + Shell.quote(mark + "exec"));
        line("exec " + (identity.switches() ? become(identity) + " " : "") + Shell.quote(command));
        return text.toString();
    }

    private String secondStage(Optional<Integer> notice) {
        String prefix = folder.name();
        return "trap 'code=$?; echo \"fail $0 $code " + EXEC_STEP + "\" >&7; echo \"" + prefix + " fail $0 $code "
                + EXEC_STEP
                + "\" >&4' EXIT\n"
                + "echo \"user $0\" >&7; echo \"" + prefix + " user $0\" >&4\n"
                + "{ exec \"$@\"; }" + closing(List.of(4, 7, 8), notice);
    }

    private String closing(List<Integer> descriptors) {
        StringBuilder redirections = new StringBuilder();
        for (int fd : descriptors) {
            if (!channels.further().containsKey(fd)) {
                redirections.append(' ').append(fd).append(">&-");
            }
        }
        return redirections.toString();
    }

    /** Closes the keeper's descriptors, save one that is the agent's channel of readiness. */
    private String closing(List<Integer> descriptors, Optional<Integer> notice) {
        List<Integer> all = new ArrayList<>(descriptors);
        notice.ifPresent(fd -> all.remove(fd));
        String last = notice.filter(fd -> fd != 9).map(fd -> " " + fd + ">&9").orElse("");
        return closing(all) + last + (notice.equals(Optional.of(9)) ? "" : closing(List.of(9)));
    }

    private String opening() {
        return channels.further().values().stream().map(one -> " " + one).collect(Collectors.joining());
    }

    private Optional<Integer> noticeDescriptor() {
        if (spec.readiness().isEmpty() || !(spec.readiness().get().action() instanceof ProbeAction.NotifyFd notify)) {
            return Optional.empty();
        }
        if (notify.fd() < 3 || notify.fd() > 9) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.INVALID,
                    "readiness descriptor " + notify.fd() + " of agent " + agent
                            + " cannot be had; choose one of 3 to 9");
        }
        return Optional.of(notify.fd());
    }

    private void setUp(Identity identity, boolean environment) {
        spec.umask().ifPresent(mask -> {
            step("set the umask");
            line("umask " + String.format(Locale.ROOT, "%04o", mask));
        });
        limits();
        spec.niceness().ifPresent(nice -> {
            step("set the niceness " + nice);
            line(Shell.tool("renice") + " -n " + nice + " -p \"$_sw_me\" >/dev/null");
        });
        if (!spec.affinity().isEmpty()) {
            String cpus = spec.affinity().stream().map(String::valueOf).collect(Collectors.joining(","));
            step("set the affinity to processors " + cpus);
            line(Shell.tool("taskset") + " -p -c " + Shell.quote(cpus) + " \"$_sw_me\" >/dev/null");
        }
        secrets();
        if (environment) {
            environment(identity);
        }
        String directory = spec.workingDirectory().orElse(folder.work().toString());
        step("enter the folder " + directory);
        line("cd -- " + Shell.quote(directory));
    }

    private void limits() {
        if (spec.rlimits().isEmpty()) {
            return;
        }
        StringBuilder options = new StringBuilder();
        for (Map.Entry<String, Rlimit> limit : new TreeMap<>(spec.rlimits()).entrySet()) {
            if (!RLIMITS.contains(limit.getKey())) {
                throw new StratoswarmException(
                        StratoswarmException.Kind.INVALID,
                        "resource limit '" + limit.getKey() + "' is not known; known are "
                                + String.join(", ", RLIMITS.stream().sorted().toList()));
            }
            options.append(" --")
                    .append(limit.getKey())
                    .append('=')
                    .append(bound(limit.getValue().soft()))
                    .append(':')
                    .append(bound(limit.getValue().hard()));
        }
        step("set the resource limits" + options.toString().replace("--", ""));
        line(Shell.tool("prlimit") + " --pid \"$_sw_me\"" + options);
    }

    private static String bound(long value) {
        return value < 0 ? "unlimited" : Long.toString(value);
    }

    private void secrets() {
        new TreeMap<>(spec.secrets()).forEach((name, secret) -> {
            checkName(name);
            step("read the secret " + name + " from " + secret.file());
            line(name + "=$(" + Shell.tool("cat") + " <" + Shell.quote(secret.file()) + ")");
        });
    }

    private void environment(Identity identity) {
        step("set the environment");
        Map<String, String> all = new TreeMap<>();
        all.put("PATH", PATH);
        all.put("LANG", "C.UTF-8");
        all.put("HOME", identity.account().home());
        all.put("USER", identity.account().name());
        all.put("LOGNAME", identity.account().name());
        all.put("STRATOSWARM_AGENT", agent);
        notifySocket.ifPresent(socket -> all.put("NOTIFY_SOCKET", socket));
        spec.watchdogMillis().ifPresent(millis -> all.put("WATCHDOG_USEC", Long.toString(millis * 1000)));
        all.putAll(spec.environment());
        all.putAll(channels.environment());
        all.keySet().removeAll(spec.secrets().keySet());
        spec.secrets().keySet().stream().sorted().forEach(name -> line("export " + name));
        all.forEach((name, value) -> {
            checkName(name);
            line("export " + name + "=" + Shell.quote(value));
        });
    }

    private static void checkName(String name) {
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*") || RESERVED.contains(name) || name.startsWith("_sw_")) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.INVALID,
                    "environment variable '" + name
                            + "' cannot be set: a name has letters, digits and _, does not begin with _sw_, and is none of "
                            + String.join(", ", RESERVED.stream().sorted().toList()));
        }
    }

    private static String become(Identity identity) {
        Account account = identity.account();
        String groups = identity.userNamed() && account.listed() ? "--init-groups" : "--clear-groups";
        String user = identity.userNamed() ? " --reuid " + account.uid() : "";
        return Shell.tool("setpriv") + user + " --regid " + identity.gid() + " " + groups + " --";
    }

    private void step(String what) {
        line("_sw_step=" + Shell.quote(what.replace('\n', ' ')));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
