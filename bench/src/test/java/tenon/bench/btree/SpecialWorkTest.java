package tenon.bench.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.bench.measure.StoreDirectory;

class SpecialWorkTest {
    @TempDir
    Path directory;

    @Test
    void shouldMeasureCommitsBesideFreePages() {
        List<List<String>> rows = new FreePageCost(directory).run(500, 2);
        assertEquals(4, rows.size());
        assertTrue(number(rows.get(0).get(1)) < 100, "free pages without: " + rows);
        // The commits that were measured hold some of them.
        assertTrue(number(rows.get(1).get(1)) > 450, "free pages with: " + rows);
    }

    @Test
    void shouldWatchAReaderWhileTheFileGrows() throws InterruptedException, ExecutionException {
        List<List<String>> rows = new ReaderPause(directory, 50).run(500, 1);
        assertEquals(List.of("reader, round 1", "clock only, round 1"), rows.stream().map(List::getFirst).toList());
        rows.forEach(row -> assertTrue(number(row.get(2)) > 0, "operations: " + rows));
    }

    @Test
    void shouldOpenWhatAKilledWriterLeft() throws IOException, InterruptedException {
        PeerProcess process = new PeerProcess(new NativePeers(directory), List.of("-Xmx256m"), 0, Duration.ofMinutes(30));
        StoreDirectory store = new StoreDirectory(directory.resolve("store"));
        store.wipe();
        List<List<String>> rows = new UncleanOpen(process, store.path()).run(0.001, 1);
        assertEquals(3, rows.size());
        rows.forEach(row -> assertTrue(Double.parseDouble(row.get(1)) > 0, "open: " + rows));
    }

    private static long number(String cell) {
        return Long.parseLong(cell.replace(",", ""));
    }
}
