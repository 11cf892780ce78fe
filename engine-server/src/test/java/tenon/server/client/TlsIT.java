package tenon.server.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.server.ServerConfig;
import tenon.server.TenonServer;
import tenon.server.TlsFiles;
import tenon.server.command.CommandRun;
import tenon.server.tls.Certificates;

/// Clients over TLS: etcdctl, curl, and the client that comes along.
class TlsIT {
    private static final List<String> UNVERIFIED = List.of("--insecure-skip-tls-verify");

    @TempDir
    static Path directory;

    private static TlsFiles client;
    private static TlsFiles stranger;
    private static TenonServer server;

    @BeforeAll
    static void start() throws IOException {
        Certificates authority = new Certificates(directory.resolve("ours"), "EC");
        TlsFiles own = authority.issue("server");
        client = authority.issue("client");
        stranger = new Certificates(directory.resolve("theirs"), "RSA").issue("stranger");
        server = TenonServer.start(ServerConfig.builder(directory.resolve("node"))
                .listenClientUrls(List.of(URI.create("https://127.0.0.1:0"), URI.create("http://127.0.0.1:0")))
                .clientTls(own)
                .build());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /// A user of that name needs no password, as in etcd.
    @Test
    void shouldKnowUsersByTheirCertificates() throws IOException {
        Certificates authority = new Certificates(directory.resolve("users"), "EC");
        TlsFiles own = authority.issue("server");
        TlsFiles root = authority.issue("root");
        TlsFiles alice = authority.issue("alice");
        TlsFiles stray = authority.issue("stray");
        try (TenonServer users = TenonServer.start(ServerConfig.builder(directory.resolve("users-node"))
                .listenClientUrls(List.of(URI.create("https://127.0.0.1:0")))
                .clientTls(own)
                .bcryptCost(4)
                .build())) {
            Asking asking = new Asking(users.clientUri());
            for (String command : List.of(
                    "put k 1", "user add root:r", "user grant-role root root", "user add alice:a", "role add reader",
                    "role grant-permission reader read k", "user grant-role alice reader", "auth enable")) {
                assertEquals(0, asking.run(root, command).exitCode(), command);
            }
            assertEquals("OK\n", asking.run(root, "put k 2").output());
            assertEquals("k\n2\n", asking.run(alice, "get k").output());
            assertTrue(asking.run(alice, "put k 3").output().contains("etcdserver: permission denied"));
            assertEquals("OK\n", asking.run(alice, "put k 3 --user=root:r").output(), "a login counts more");
            assertTrue(asking.run(stray, "get k").output().contains("etcdserver: permission denied"));
            assertTrue(asking.run(stray, "member list").output().contains("etcdserver: permission denied"));
        }
    }

    /// Asks with a certificate: by etcdctl where there is one.
    private record Asking(URI endpoint) {
        Etcdctl.Result run(TlsFiles tls, String command) {
            List<String> arguments = join(flags(tls, tls.trustedCaFile()), command.split(" "));
            if (Etcdctl.isInstalled()) {
                return new Etcdctl(endpoint, directory).run(arguments, "");
            }
            CommandRun run = ctl(endpoint, arguments);
            return new Etcdctl.Result(run.exitCode(), run.out() + run.err());
        }
    }

    private static List<String> flags(TlsFiles tls, Path authority) {
        return List.of("--cacert=" + authority, "--cert=" + tls.certFile(), "--key=" + tls.keyFile());
    }

    private static List<String> flags() {
        return flags(client, client.trustedCaFile());
    }

    private static List<String> join(List<String> first, String... rest) {
        return Stream.concat(first.stream(), Stream.of(rest)).toList();
    }

    private static Etcdctl.Result etcdctl(List<String> flags, String... arguments) {
        assumeTrue(
                Etcdctl.isInstalled(),
                "SKIPPED: no etcdctl on this machine (bin/setup installs it: apt-get install etcd-client)");
        return new Etcdctl(server.clientUri(), directory).run(join(flags, arguments), "");
    }

    private static CommandRun ctl(URI endpoint, List<String> flags, String... arguments) {
        return ctl(endpoint.toString(), flags, arguments);
    }

    private static CommandRun ctl(String endpoint, List<String> flags, String... arguments) {
        List<String> all = new ArrayList<>(List.of("ctl", "--endpoints=" + endpoint));
        all.addAll(flags);
        all.addAll(List.of(arguments));
        return CommandRun.of(all.toArray(String[]::new));
    }

    @Test
    void shouldServeEtcdctl() {
        assertEquals("https", server.clientUri().getScheme());
        assertEquals(new Etcdctl.Result(0, "OK\n"), etcdctl(flags(), "put", "etcdctl", "1"));
        assertEquals(new Etcdctl.Result(0, "etcdctl\n1\n"), etcdctl(flags(), "get", "etcdctl"));
        assertTrue(etcdctl(flags(), "member", "list").output().contains(", " + server.clientUri() + ","));
        assertNotEquals(
                0, etcdctl(List.of("--cacert=" + client.trustedCaFile(), "--dial-timeout=1s"), "get", "k").exitCode());
        assertNotEquals(
                0, etcdctl(join(flags(stranger, client.trustedCaFile()), "--dial-timeout=1s"), "get", "k").exitCode());
    }

    @Test
    void shouldServeTheClientThatComesAlong() {
        URI secure = server.clientUri();
        assertEquals("OK\n", ctl(secure, flags(), "put", "ctl", "1").out());
        assertEquals("ctl\n1\n", ctl(secure, flags(), "get", "ctl").out());
        assertEquals("ctl\n1\n", ctl(secure.getAuthority(), flags(), "get", "ctl").out(), "files stand for TLS");
        assertEquals("ctl\n1\n", ctl(server.clientUris().get(1), flags(), "get", "ctl").out(), "the scheme counts");
        assertEquals("ctl\n1\n", ctl(server.clientUris().get(1), List.of(), "get", "ctl").out());
        assertEquals(0, ctl(secure, flags(), "endpoint", "health").exitCode());
        // Signed by one that it does not know.
        List<String> wrongAuthority = flags(client, stranger.trustedCaFile());
        CommandRun refused = ctl(secure, wrongAuthority, "get", "ctl");
        assertEquals("", refused.out());
        assertTrue(refused.err().startsWith("Error: no node answers at " + secure + ":"), refused.err());
        assertEquals("ctl\n1\n", ctl(secure, join(wrongAuthority, "--insecure-skip-tls-verify"), "get", "ctl").out());
        assertNotEquals(0, ctl(secure, UNVERIFIED, "get", "ctl").exitCode(), "it has no certificate to show");
        assertNotEquals(0, ctl(secure.getAuthority(), List.of(), "get", "ctl").exitCode());
    }

    @Test
    void shouldSayWhichFileOfTheClientCannotBeUsed() {
        CommandRun half = ctl(server.clientUri(), List.of("--cert=c"), "get", "k");
        assertEquals(
                new CommandRun(128, "", "Error: KeyFile and CertFile must both be present[key: , cert: c]\n"), half);
        CommandRun none = ctl(server.clientUri(), List.of("--cacert=" + directory.resolve("none.pem")), "get", "k");
        assertEquals(128, none.exitCode());
        assertTrue(
                none.err().startsWith("Error: the trusted CA of the command cannot be read: ")
                        && none.err().contains("none.pem"),
                none.err());
    }

    @Test
    void shouldServePagesToCurl() throws Exception {
        Process curl;
        try {
            curl = new ProcessBuilder("curl", "--silent", "--show-error", "--max-time", "20",
                            "--cacert", client.trustedCaFile().toString(), "--cert", client.certFile().toString(),
                            "--key", client.keyFile().toString(), server.clientUri() + "/health")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "SKIPPED: no curl on this machine");
            return;
        }
        assertEquals(
                "{\"health\":\"true\",\"reason\":\"\"}", new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(0, curl.waitFor());
    }
}
