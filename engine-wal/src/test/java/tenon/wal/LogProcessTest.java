package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Entry;
import tenon.api.FileInUseException;
import tenon.api.LogContents;
import tenon.api.Platform;
import tenon.wal.LogDiagnosis.Verdict;

/// Real processes on real files: one that writes a log and one that looks at it; one that is killed; and one whose calls
/// of the system fail, injected by strace.
@Timeout(180)
class LogProcessTest {
    private static final Pattern SYNCED = Pattern.compile("synced (\\d+)");

    @TempDir
    Path directory;

    private Path log() {
        return directory.resolve("wal");
    }

    /// @return the index that the line says is durable, -1 if it says something else
    private static long synced(String line) {
        Matcher matcher = SYNCED.matcher(String.valueOf(line));
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
    }

    private static void checkHolds(LogContents contents, long durableRaftIndex) {
        List<Entry> entries = contents.entries();
        assertTrue(entries.size() >= durableRaftIndex, entries.size() + " entries, durable " + durableRaftIndex);
        for (int i = 0; i < entries.size(); i++) {
            assertEquals(LogProcess.entry(i + 1), entries.get(i));
        }
    }

    @Test
    void shouldShowTheContentsOfALogThatAnotherProcessWrites() throws Exception {
        LogInspector inspector = new LogInspector(Platform.system().files(), log());
        try (LogProcess writer = LogProcess.appending(log())) {
            assertEquals("created", writer.line());
            long durable = 0;
            int looks = 0;
            while (durable < 1500) {
                durable = Math.max(durable, synced(writer.line()));
                if (durable % 50 == 0) {
                    checkHolds(inspector.contents(), durable);
                    Verdict verdict = inspector.verify().verdict();
                    assertTrue(verdict != Verdict.CORRUPT);
                    long[] shown = new long[1];
                    inspector.forEachRecord(info -> {
                        if (info.isValid()) {
                            for (Entry entry : info.entries()) {
                                assertEquals(LogProcess.entry(entry.raftIndex()), entry);
                                shown[0] = entry.raftIndex();
                            }
                        }
                    });
                    assertTrue(shown[0] >= durable, shown[0] + " shown, durable " + durable);
                    looks++;
                }
            }
            assertTrue(looks >= 20);
            assertThrows(
                    FileInUseException.class,
                    () -> SegmentedLog.open(Platform.system(), log(), LogOptions.DEFAULT), "nobody else opens it");
            assertEquals(0, writer.end());
        }
        assertEquals(Verdict.CLEAN, inspector.verify().verdict());
    }

    @Test
    void shouldHoldWhatWasSyncedWhenTheProcessIsKilled() throws Exception {
        long durable = -1;
        try (LogProcess writer = LogProcess.appending(log())) {
            assertEquals("created", writer.line());
            while (durable < 200) {
                durable = synced(writer.line());
            }
            writer.kill();
        }
        OpenedLog opened = SegmentedLog.open(Platform.system(), log(), LogOptions.DEFAULT.withKnownStoredIndex(durable));
        checkHolds(opened.contents(), durable);
        assertEquals(LogProcess.entry(durable), opened.log().read(durable, 0).getFirst());
        opened.log().close();
    }

    /// @param call of the system that fails
    /// @param fault as strace has it
    /// @param batch entries of a sync
    private void failCalls(String call, String fault, int batch, String expected) throws Exception {
        Assumptions.assumeTrue(canTrace(), "SKIPPED: strace is missing or may not trace; bin/setup installs it");
        Path trace = directory.resolve("trace");
        long durable = 0;
        String failure;
        String[] tracer = {
            "strace", "-f", "-qq", "-o", trace.toString(), "-e", "trace=" + call, "-e", "inject=" + call + ":" + fault
        };
        try (LogProcess writer =
                batch == 1 ? LogProcess.appending(log(), tracer) : LogProcess.appendingMuch(log(), tracer)) {
            String line = writer.line();
            while (line != null && !line.startsWith("failed ")) {
                durable = Math.max(durable, synced(line));
                line = writer.line();
            }
            failure = line;
            assertTrue(failure != null && failure.contains(expected), "the process said: " + failure);
            assertTrue(failure.contains(log().toString()), failure);
            assertEquals("refused", writer.line(), "after an error nothing more is written");
            assertNull(writer.line());
            assertEquals(0, writer.end());
        }
        long injected;
        try (BufferedReader lines = Files.newBufferedReader(trace)) {
            injected = lines.lines().filter(line -> line.contains("(INJECTED)")).count();
        }
        assertEquals(1, injected, "a call that failed is not tried again");
        assertTrue(durable > 5, "synced before: " + durable);
        OpenedLog opened = SegmentedLog.open(Platform.system(), log(), LogOptions.DEFAULT.withKnownStoredIndex(durable));
        checkHolds(opened.contents(), durable);
        assertTrue(opened.contents().entries().size() <= durable + batch);
        opened.log().append(null, List.of(LogProcess.entry(opened.log().lastRaftIndex() + 1)));
        opened.log().sync();
        opened.log().close();
    }

    private static boolean canTrace() throws InterruptedException {
        try {
            return new ProcessBuilder("strace", "-o", "/dev/null", "true").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void shouldStopWhenTheDiskFailsToSync() throws Exception {
        failCalls("fdatasync", "error=EIO:when=20", LogProcess.LARGE_BATCH, "could not sync");
    }

    @Test
    void shouldStopWhenTheDiskFailsToWrite() throws Exception {
        failCalls("pwrite64", "error=EIO:when=20", 1, "could not write");
    }

    @Test
    void shouldStopWhenTheDiskIsFull() throws Exception {
        failCalls("pwrite64", "error=ENOSPC:when=20", 1, "could not write");
    }
}
