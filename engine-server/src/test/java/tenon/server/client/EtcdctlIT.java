package tenon.server.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EtcdctlIT {
    private static final Path TRANSCRIPTS = Path.of("src/test/resources/testdata/etcdctl");

    @TempDir
    private Path directory;

    @BeforeEach
    void checkInstalled() {
        assumeTrue(
                Etcdctl.isInstalled(),
                "SKIPPED: no etcdctl on this machine (bin/setup installs it: apt-get install etcd-client)");
    }

    static List<String> transcripts() throws IOException {
        try (Stream<Path> files = Files.list(TRANSCRIPTS)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void shouldSayWhatEtcdSays(String name) throws IOException {
        Path file = TRANSCRIPTS.resolve(name);
        String expected = Files.readString(file);
        try (ServerUnderTest server = ServerUnderTest.start(directory)) {
            String now = new Transcript(expected, new Etcdctl(server.uri(), directory)::run).replay();
            if (Boolean.getBoolean("tenon.testdata.rewrite")) {
                assertTrue(ServerUnderTest.isEtcd(), "transcripts are recorded from etcd only");
                Files.writeString(file, now);
            } else {
                assertEquals(expected, now);
            }
        }
    }

    @Test
    void shouldPrintOkForAPutW1() {
        try (ServerUnderTest server = ServerUnderTest.start(directory)) {
            Etcdctl etcdctl = new Etcdctl(server.uri(), directory);
            assertEquals(new Etcdctl.Result(0, "OK\n"), etcdctl.run(List.of("put", "hello", "world"), ""));
        }
    }

    @Test
    void shouldSaveASnapshotThatEndsWithItsChecksum() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.start(directory)) {
            Etcdctl etcdctl = new Etcdctl(server.uri(), directory);
            etcdctl.run(List.of("put", "hello"), "x".repeat(300_000));
            Etcdctl.Result saved = etcdctl.run(List.of("snapshot", "save", "saved.db"), "");
            assertEquals(new Etcdctl.Result(0, "Snapshot saved at saved.db\n"), saved);
        }
        byte[] file = Files.readAllBytes(directory.resolve("saved.db"));
        assertEquals(32, file.length % 512, "what etcdctl takes for a sign of a checksum");
        byte[] store = Arrays.copyOf(file, file.length - 32);
        assertArrayEquals(
                MessageDigest.getInstance("SHA-256").digest(store),
                Arrays.copyOfRange(file, store.length, file.length));
    }

    @Test
    void shouldRefuseARequestThatIsTooLargeW10() {
        try (ServerUnderTest server = ServerUnderTest.start(directory)) {
            Etcdctl etcdctl = new Etcdctl(server.uri(), directory);
            Etcdctl.Result refused = etcdctl.run(List.of("put", "large"), "x".repeat(1_600_000));
            assertEquals(new Etcdctl.Result(1, "Error: etcdserver: request is too large\n"), refused);
            assertEquals(0, etcdctl.run(List.of("put", "large"), "x".repeat(1_500_000)).exitCode());
            assertEquals(new Etcdctl.Result(0, "OK\n"), etcdctl.run(List.of("put", "small", "1"), ""));
        }
    }
}
