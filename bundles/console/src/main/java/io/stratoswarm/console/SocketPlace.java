package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * Where the socket lies: in the data folder, or, where that path is too long for a socket address, in a private folder of the
 * user; the path is then written to {@code api.sock.path} in the data folder.
 *
 * @param folder the folder that holds the socket
 * @param socket where clients connect
 * @param pointer the file that names it, whether it is needed or not
 */
record SocketPlace(Path data, Path folder, Path socket, Path pointer) {
    /** sun_path holds 108 bytes, the last of which ends the string; one more is kept for the name while it is being made. */
    static final int MAX_PATH_BYTES = 106;

    static SocketPlace in(Path data, Map<String, String> environment, long uid) {
        Path near = data.resolve("api.sock");
        Path pointer = data.resolve("api.sock.path");
        if (near.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES) {
            return new SocketPlace(data, data, near, pointer);
        }
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        Path folder = Path.of(runtime.startsWith("/") && runtime.length() < 60 ? runtime : "/tmp")
                .resolve("stratoswarm-" + uid);
        return new SocketPlace(data, folder, folder.resolve(hash(data) + ".sock"), pointer);
    }

    boolean isNear() {
        return data.equals(folder);
    }

    /** The name that the socket has until its mode is set. */
    Path unfinished() {
        return socket.resolveSibling(socket.getFileName() + "~");
    }

    /** Makes the folder and removes what a daemon that is gone left behind. */
    void prepare(long uid) throws IOException {
        if (!isNear()) {
            privateFolder(folder, uid);
        }
        if (answers(socket)) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "another daemon answers on " + socket + "; stop it with 'stratoswarm shutdown --data " + data
                            + "' or use another data folder");
        }
        Files.deleteIfExists(socket);
        Files.deleteIfExists(unfinished());
    }

    /** Gives the socket its mode and its name, in this order, so that it is never open to others. */
    void publish(String group) throws IOException {
        permit(unfinished(), group);
        Files.move(unfinished(), socket, StandardCopyOption.ATOMIC_MOVE);
        if (isNear()) {
            Files.deleteIfExists(pointer);
        } else {
            Path fresh = pointer.resolveSibling("api.sock.path~");
            Files.writeString(fresh, socket + "\n");
            Files.move(fresh, pointer, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Opens the socket to a group, or with an empty name to none. */
    void open(String group) throws IOException {
        permit(socket, group);
    }

    private static void permit(Path file, String group) throws IOException {
        if (group.isEmpty()) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            return;
        }
        Files.getFileAttributeView(file, PosixFileAttributeView.class)
                .setGroup(
                        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByGroupName(group));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
    }

    void remove() throws IOException {
        Files.deleteIfExists(unfinished());
        Files.deleteIfExists(socket);
        Files.deleteIfExists(pointer);
    }

    private static boolean answers(Path socket) {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            // Refused: the file outlived its daemon. That is the question asked here, so it is no error.
            return false;
        }
    }

    private static void privateFolder(Path folder, long uid) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        boolean good = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && ((Number) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS)).longValue() == uid
                && PosixFilePermissions.toString(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS))
                        .equals("rwx------");
        if (!good) {
            throw new StratoswarmException(
                    Kind.FORBIDDEN,
                    folder + " must be a folder of user " + uid
                            + " with mode 0700, for the socket's path in the data folder"
                            + " would be too long; remove it or choose a data folder with a shorter path");
        }
    }

    private static String hash(Path data) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(data.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
