package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An account of this host.
 *
 * @param name login name; the number where the account has none
 */
record Account(String name, int uid, int gid, String home) {

    /** Finds an account by name or number: in /etc/passwd, else by {@code getent}, which also asks directories. */
    static Account find(String user) {
        Optional<Account> found =
                inPasswd(user).or(() -> byGetent("passwd", user).flatMap(Account::parse));
        if (found.isEmpty() && user.matches("[0-9]{1,9}")) {
            int uid = Integer.parseInt(user);
            return new Account(user, uid, uid, "/");
        }
        return found.orElseThrow(() -> new StratoswarmException(
                StratoswarmException.Kind.INVALID,
                "user '" + user + "' does not exist on this host; create it or name another in the manifest"));
    }

    /** Number of a group, by name or number. */
    static int group(String group) {
        if (group.matches("[0-9]{1,9}")) {
            return Integer.parseInt(group);
        }
        return lines(Path.of("/etc/group"))
                .filter(line -> line.startsWith(group + ":"))
                .findFirst()
                .or(() -> byGetent("group", group))
                .map(line -> Integer.parseInt(line.split(":")[2]))
                .orElseThrow(() -> new StratoswarmException(
                        StratoswarmException.Kind.INVALID,
                        "group '" + group
                                + "' does not exist on this host; create it or name another in the manifest"));
    }

    /** Whether the account has an entry, which group membership is read from. */
    boolean listed() {
        return !name.equals(Integer.toString(uid));
    }

    private static Optional<Account> inPasswd(String user) {
        return lines(Path.of("/etc/passwd"))
                .filter(line -> line.startsWith(user + ":")
                        || line.matches("[^:]*:[^:]*:" + java.util.regex.Pattern.quote(user) + ":.*"))
                .findFirst()
                .flatMap(Account::parse);
    }

    private static Optional<Account> parse(String line) {
        String[] part = line.split(":", -1);
        return part.length < 6
                ? Optional.empty()
                : Optional.of(new Account(part[0], Integer.parseInt(part[2]), Integer.parseInt(part[3]), part[5]));
    }

    private static java.util.stream.Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream();
        } catch (IOException e) {
            return java.util.stream.Stream.empty();
        }
    }

    private static Optional<String> byGetent(String table, String key) {
        Optional<Path> getent = Shell.find("getent");
        if (getent.isEmpty() || key.startsWith("-")) {
            return Optional.empty();
        }
        try {
            Process process = new ProcessBuilder(getent.get().toString(), table, key)
                    .redirectErrorStream(true)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0
                    ? text.lines().findFirst()
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
