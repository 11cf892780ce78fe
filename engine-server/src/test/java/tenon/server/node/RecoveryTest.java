package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.FileInUseException;
import tenon.api.WrongFileException;
import tenon.testkit.SimulatedFileSystem;

class RecoveryTest {
    private final SimulatedFileSystem files = new SimulatedFileSystem();

    @Test
    void shouldRefuseTheDirectoryOfAnotherClusterAndNameBoth() {
        try (Node node = TestNodes.start(files)) {
            TestNodes.put(node, "k", "v");
        }
        WrongFileException refusal = assertThrows(
                WrongFileException.class,
                () -> TestNodes.start(files, TestNodes.config().clusterToken("other").build()));
        String found = MemberIdentity.ofFounder(TestNodes.config().build().peerUrls(), "etcd-cluster").toString();
        String configured = MemberIdentity.ofFounder(TestNodes.config().build().peerUrls(), "other").toString();
        assertTrue(refusal.getMessage().contains(found), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(configured), refusal.getMessage());
    }

    @Test
    void shouldHaveTheIdsThatAnEtcdWouldHave() {
        assertEquals(
                "node 8e9e05c52164694d of cluster cdf818194e3a8c32",
                MemberIdentity.ofFounder(TestNodes.config().build().peerUrls(), "etcd-cluster").toString());
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
