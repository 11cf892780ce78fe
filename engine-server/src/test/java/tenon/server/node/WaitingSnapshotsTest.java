package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tenon.api.Platform;
import tenon.api.SnapshotMark;
import tenon.mvcc.AppliedIndex;
import tenon.testkit.SimulatedFileSystem;

class WaitingSnapshotsTest {
    private final SimulatedFileSystem files = new SimulatedFileSystem();
    private final DataDirectory directory =
            DataDirectory.open(Platform.system().withFiles(files), Path.of("/data"), null);
    private final WaitingSnapshots waiting = new WaitingSnapshots(files, directory, new AppliedIndex(1, 10));

    @AfterEach
    void close() {
        directory.close();
    }

    /// Term of the mark and of the message are the same.
    private boolean take(long term, long raftIndex) {
        Path file = directory.snapshots().resolve("come");
        files.setContent(file, new byte[3]);
        boolean told = waiting.take(file, new SnapshotMark(term, raftIndex), term);
        assertFalse(files.exists(file));
        return told;
    }

    private List<String> names() {
        return files.list(directory.snapshots()).stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }

    @Test
    void shouldKeepWhatMayBeInstalledUntilTheStoreHoldsIt() {
        assertTrue(take(2, 20));
        assertEquals(List.of("db.received-2-20"), names());
        waiting.onDurable(new AppliedIndex(2, 19));
        assertEquals(List.of("db.received-2-20"), names());
        waiting.onDurable(new AppliedIndex(2, 20));
        assertEquals(List.of(), names());
    }

    @Test
    void shouldNotKeepWhatTheStoreHoldsButHaveRaftAnswer() {
        assertTrue(take(2, 10));
        assertEquals(List.of(), names());
        assertTrue(take(2, 11), "no other one waits");
    }

    @Test
    void shouldKeepOneOfATerm() {
        assertTrue(take(2, 20));
        assertFalse(take(2, 30), "the first one is decided on before");
        assertFalse(take(1, 30), "Raft would not look at it");
        assertEquals(List.of("db.received-2-20"), names());
        assertTrue(take(3, 25), "the first one may have been of a leader that is none any more");
        assertEquals(List.of("db.received-2-20", "db.received-3-25"), names());
        waiting.onDurable(new AppliedIndex(3, 25));
        assertEquals(List.of(), names());
        assertTrue(take(3, 30));
    }

    @Test
    void shouldLeaveNothingForTheNextLife() {
        assertTrue(take(2, 20));
        directory.close();
        DataDirectory.open(Platform.system().withFiles(files), Path.of("/data"), null).close();
        assertEquals(List.of(), names());
    }
}
