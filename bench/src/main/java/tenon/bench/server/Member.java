package tenon.bench.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// One of a cluster: where it listens, and where its files are. The same at each start, for the peer address is part of
/// a member's identity.
public record Member(String name, int clientPort, int peerPort, Path home) {
    private static final InetAddress HOST = InetAddress.getLoopbackAddress();
    /// Below those that the system gives to connections: one of these could take the port of a member that is down.
    private static final int PORT_MIN = 20_000;
    private static final int PORT_COUNT = 10_000;

    private static int nextPort = (int) (ProcessHandle.current().pid() * 16 % PORT_COUNT);

    /// Members of a cluster, on free ports.
    ///
    /// @param home where their files go, a directory for each
    public static List<Member> cluster(int count, Path home) throws IOException {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "m" + i;
            members.add(new Member(name, freePort(), freePort(), home.resolve(name)));
        }
        return members;
    }

    private static synchronized int freePort() throws IOException {
        for (int i = 0; i < PORT_COUNT; i++) {
            int port = PORT_MIN + nextPort++ % PORT_COUNT;
            try (ServerSocket socket = new ServerSocket(port, 0, HOST)) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // Somebody else's.
            }
        }
        throw new IOException("no free port from " + PORT_MIN + " on");
    }

    public InetSocketAddress clientAddress() {
        return new InetSocketAddress(HOST, clientPort);
    }

    Path log() {
        return home.resolve("server.log");
    }

    /// The flags with which it starts as one of these.
    List<String> flags(List<Member> cluster) {
        String clientUrl = url(clientPort);
        String peerUrl = url(peerPort);
        return List.of(
                "--name", name,
                "--data-dir", home.resolve("data").toString(),
                "--listen-client-urls", clientUrl,
                "--advertise-client-urls", clientUrl,
                "--listen-peer-urls", peerUrl,
                "--initial-advertise-peer-urls", peerUrl,
                "--initial-cluster",
                cluster.stream().map(member -> member.name + "=" + url(member.peerPort)).collect(Collectors.joining(",")));
    }

    private static String url(int port) {
        return "http://" + HOST.getHostAddress() + ":" + port;
    }
}
