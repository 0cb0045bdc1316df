package io.stratoswarm.console;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is at the other end of a unix socket, and what it may: the daemon's user and root everything, members of one group less. */
final class Peers {
    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

    private final UserPrincipalLookupService users = FileSystems.getDefault().getUserPrincipalLookupService();
    private final long ownUid;
    private volatile String group;
    private volatile Role groupRole;

    Peers(long ownUid, ConsoleConfig config) {
        this.ownUid = ownUid;
        this.group = config.group();
        this.groupRole = config.groupRole();
    }

    void configure(ConsoleConfig config) {
        group = config.group();
        groupRole = config.groupRole();
    }

    static long ownUid() throws IOException {
        return ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
    }

    /** The peer, whose actor is for example {@code uid:1000}; empty where it is not let in. */
    Optional<Caller> admit(Channel channel) {
        UnixDomainPrincipal peer = channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
        if (peer == null) {
            LOG.warn("a connection was refused because the kernel does not tell whose it is");
            return Optional.empty();
        }
        try {
            if (peer.user().equals(users.lookupPrincipalByName(Long.toString(ownUid)))
                    || peer.user().equals(users.lookupPrincipalByName("0"))) {
                return Optional.of(Caller.peer(actor(peer.user()), Role.ADMIN, true));
            }
            if (!group.isEmpty() && inGroup(peer)) {
                return Optional.of(Caller.peer(actor(peer.user()), groupRole, false));
            }
        } catch (IOException e) {
            LOG.warn("a connection of {} was refused because users cannot be looked up", peer.user(), e);
            return Optional.empty();
        }
        LOG.warn(
                "a connection of user {} was refused; only uid {}, root{} may connect",
                peer.user(),
                ownUid,
                group.isEmpty() ? "" : " and group " + group);
        return Optional.empty();
    }

    /** The kernel tells the peer's primary group only; the others stand in the group file. */
    private boolean inGroup(UnixDomainPrincipal peer) throws IOException {
        if (peer.group().equals(users.lookupPrincipalByGroupName(group))) {
            return true;
        }
        for (String line : Files.readAllLines(Path.of("/etc/group"))) {
            String[] fields = line.split(":", -1);
            if (fields.length == 4 && fields[0].equals(group)) {
                return List.of(fields[3].split(",", -1)).contains(peer.user().getName());
            }
        }
        return false;
    }

    /**
     * The JDK's principal keeps its number to itself, but compares by it and has it as its hash code. The guess is only used
     * where the lookup of that number confirms it.
     */
    private String actor(UserPrincipal user) throws IOException {
        String number = Integer.toString(user.hashCode());
        return user.hashCode() >= 0 && user.equals(users.lookupPrincipalByName(number))
                ? "uid:" + number
                : "user:" + user.getName();
    }
}
