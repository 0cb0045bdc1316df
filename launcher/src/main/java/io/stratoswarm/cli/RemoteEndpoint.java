package io.stratoswarm.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * A daemon that is reached by TCP: {@code --url}, {@code --token-file} and {@code --ca}, or the variables of the same meaning.
 *
 * @param token empty where the daemon knows this client by its certificate, or may be asked without
 */
record RemoteEndpoint(URI url, String token, Map<String, String> files) implements Endpoint {
    private static final int CONNECT_MILLIS = 10_000;

    /** Options and the environment variables that stand in for them. */
    static final Map<String, String> VARIABLES = Map.of(
            "--url", "STRATOSWARM_URL",
            "--token-file", "STRATOSWARM_TOKEN_FILE",
            "--ca", "STRATOSWARM_CA",
            "--client-cert", "STRATOSWARM_CLIENT_CERT",
            "--client-key", "STRATOSWARM_CLIENT_KEY");

    /** Empty where no URL is given. */
    static Optional<Endpoint> of(Map<String, String> settings) throws Failure {
        String text = settings.getOrDefault("--url", "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        URI url = parse(text);
        String file = settings.getOrDefault("--token-file", "");
        String token = file.isEmpty() ? "" : token(file);
        if (url.getScheme().equals("http") && !token.isEmpty() && !loopback(url)) {
            throw new Failure(
                    ExitCode.USAGE,
                    "the token is not sent to " + url
                            + " in the clear; use https://, or reach a loopback address through ssh -L");
        }
        return Optional.of(new RemoteEndpoint(url, token, Map.copyOf(settings)));
    }

    private static URI parse(String text) throws Failure {
        try {
            URI url = new URI(text);
            boolean known = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            boolean bare = url.getRawPath() == null
                    || url.getRawPath().isEmpty()
                    || url.getRawPath().equals("/");
            if (known && bare && url.getHost() != null && url.getRawQuery() == null && url.getRawUserInfo() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw wrong(text, e);
        }
        throw wrong(text, null);
    }

    private static Failure wrong(String text, @org.jspecify.annotations.Nullable Exception cause) {
        String message = "--url must be like https://host:7443, not '" + text + "'";
        return cause == null ? new Failure(ExitCode.USAGE, message) : new Failure(ExitCode.USAGE, message, cause);
    }

    private static String token(String file) throws Failure {
        try {
            String token = Files.readString(Path.of(file)).strip();
            if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
                throw new Failure(ExitCode.USAGE, "--token-file " + file + " holds no token");
            }
            return token;
        } catch (IOException | InvalidPathException e) {
            throw new Failure(ExitCode.USAGE, "--token-file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean loopback(URI url) {
        try {
            return InetAddress.getByName(url.getHost()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private int port() {
        return url.getPort() > 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
    }

    @Override
    public String name() {
        return "the daemon at " + url;
    }

    @Override
    public Failure closed(IOException e) {
        return new Failure(
                ExitCode.FAILED, name() + " closed the connection; it is just ending, or it speaks TLS (https://)", e);
    }

    @Override
    public HttpWire open() throws Failure {
        String host = url.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            // What takes a connection must also answer the handshake; an operation may then take its time.
            socket.setSoTimeout(CONNECT_MILLIS);
            socket.connect(new InetSocketAddress(bare, port()), CONNECT_MILLIS);
            Socket used = url.getScheme().equals("https") ? Tls.over(socket, bare, port(), files) : socket;
            used.setSoTimeout(0);
            return HttpWire.over(used, host + ":" + port(), token);
        } catch (ConnectException | UnknownHostException | SocketTimeoutException e) {
            close(socket, e);
            throw new Failure(ExitCode.UNREACHABLE, "no daemon answers at " + url + ": " + e.getMessage(), e);
        } catch (SSLException e) {
            close(socket, e);
            throw new Failure(ExitCode.UNREACHABLE, Tls.explain(url, e), e);
        } catch (IOException e) {
            close(socket, e);
            throw new Failure(ExitCode.UNREACHABLE, "no daemon answers at " + url + ": " + e, e);
        }
    }

    private static void close(Socket socket, IOException reason) {
        try {
            socket.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
