package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.FileInUseException;
import tenon.api.WrongFileException;
import tenon.server.InitialClusterState;
import tenon.testkit.SimulatedFileSystem;

class RecoveryTest {
    private final SimulatedFileSystem files = new SimulatedFileSystem();

    @Test
    void shouldStayInItsClusterWhateverTheConfigurationSaysLater() {
        String identity;
        try (Node node = TestNodes.start(files)) {
            identity = node.identity().toString();
            TestNodes.put(node, "k", "v");
        }
        var other = TestNodes.config()
                .name("other")
                .clusterToken("other")
                .peerUrls(List.of(URI.create("http://other:2380")))
                .initialClusterState(InitialClusterState.EXISTING)
                .build();
        try (Node node = TestNodes.start(files, other)) {
            assertEquals(identity, node.identity().toString());
            assertEquals(1, TestNodes.get(node, "k").getCount());
        }
    }

    @Test
    void shouldRefuseAStoreBesideTheLogOfAnotherNodeAndNameBoth() {
        String identity;
        try (Node node = TestNodes.start(files)) {
            identity = node.identity().toString();
            TestNodes.put(node, "k", "v");
        }
        String otherIdentity;
        var other = TestNodes.config().dataDir(Path.of("/other")).clusterToken("other").build();
        try (Node node = TestNodes.start(files, other)) {
            otherIdentity = node.identity().toString();
            TestNodes.put(node, "k", "1");
            TestNodes.put(node, "k", "2");
        }
        WrongFileException refusal = assertThrows(
                WrongFileException.class,
                () -> TestNodes.start(files, TestNodes.config().walDir(Path.of("/other/member/wal")).build()));
        assertTrue(refusal.getMessage().contains(identity), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(otherIdentity), refusal.getMessage());
    }

    @Test
    void shouldHaveTheIdsThatAnEtcdWouldHave() {
        try (Node node = TestNodes.start(files)) {
            assertEquals("node 8e9e05c52164694d of cluster cdf818194e3a8c32", node.identity().toString());
        }
    }

    @Test
    void shouldRefuseADirectoryInUse() {
        try (Node node = TestNodes.start(files)) {
            assertThrows(FileInUseException.class, () -> TestNodes.start(files));
            TestNodes.put(node, "k", "v");
        }
    }

    @Test
    void shouldRefuseAStoreWithoutItsLog() {
        try (Node node = TestNodes.start(files)) {
            TestNodes.put(node, "k", "v");
        }
        WrongFileException refusal = assertThrows(
                WrongFileException.class,
                () -> TestNodes.start(files, TestNodes.config().walDir(Path.of("/elsewhere")).build()));
        assertTrue(refusal.getMessage().contains("--wal-dir"), refusal.getMessage());
    }

    @Test
    void w18ShouldRebuildALostStoreFromACompleteLog() {
        try (Node node = TestNodes.start(files)) {
            TestNodes.put(node, "k", "1");
            TestNodes.put(node, "k", "2");
        }
        files.delete(Path.of("/data/member/snap/db"));
        try (Node node = TestNodes.start(files)) {
            assertEquals(2, TestNodes.get(node, "k").getKvs(0).getVersion());
        }
    }

    @Test
    void shouldMarkAndReleaseTheLogAndStillRestart() {
        var config = TestNodes.config().snapshotCount(50).snapshotCatchUpEntries(10).walSegmentBytes(8 << 10)
                .backendBatchIntervalMs(2).build();
        try (Node node = TestNodes.start(files, config)) {
            for (int i = 0; i < 400; i++) {
                TestNodes.put(node, "k", "v".repeat(100));
            }
        }
        try (Node node = TestNodes.start(files, config)) {
            assertEquals(400, TestNodes.get(node, "k").getKvs(0).getVersion());
            List<Path> segments = files.list(Path.of("/data/member/wal"));
            assertTrue(segments.size() < 8, segments.toString());
            TestNodes.put(node, "k", "v");
        }
        files.delete(Path.of("/data/member/snap/db"));
        assertThrows(WrongFileException.class, () -> TestNodes.start(files, config));
    }
}
