package tenon.bench.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.LogContents;
import tenon.api.Platform;
import tenon.bench.measure.Outcome;
import tenon.wal.LogOptions;
import tenon.wal.OpenedLog;
import tenon.wal.SegmentedLog;

class AppendsTest {
    @TempDir
    Path directory;

    /// What was measured must have been done.
    @Test
    void shouldLeaveALogWithAllRecordsBehindTheLastMark() {
        int count = 5_000;
        try (Appends appends = new LogAppends(directory, count)) {
            for (int i = 0; i < 30; i++) {
                appends.appendAndSync();
            }
        }
        LogContents contents = reopen();
        assertTrue(contents.snapshot().raftIndex() >= Appends.MARK_EVERY, contents.snapshot().toString());
        assertEquals(30L * count, contents.snapshot().raftIndex() + contents.entries().size());
        assertEquals(Appends.RECORD_BYTES, contents.entries().getLast().data().length);
    }

    @Test
    void shouldCountWhatTheServerCommitted() {
        Outcome outcome = new ServerAppends(directory, 100).run(0, 0.05);
        LogContents contents = reopen();
        long lastIndex = contents.snapshot().raftIndex() + contents.entries().size();
        // The rest: the founding, the leader's first entry, and what was under way when it ended.
        assertTrue(outcome.get("ops") > 0 && outcome.get("ops") <= lastIndex, outcome + ", " + lastIndex);
        assertTrue(lastIndex <= outcome.get("ops") + 2 + 2 * 100, outcome + ", " + lastIndex);
        assertTrue(outcome.get("p50") <= outcome.get("p99") && outcome.get("p99") <= outcome.get("p999"));
    }

    private LogContents reopen() {
        OpenedLog opened = SegmentedLog.open(Platform.system(), directory.resolve("log"), LogOptions.DEFAULT);
        opened.log().close();
        return opened.contents();
    }
}
