package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.DIRECTORY;
import static tenon.wal.LogWorld.entry;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tenon.api.Entry;
import tenon.api.HardState;
import tenon.api.LogContents;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.LogDiagnosis.Verdict;
import tenon.wal.format.RecordEncoder;
import tenon.wal.format.SectorFrame;

/// W16: power goes while the last batches are on their way: whatever subset of their sectors is on the disk, the log opens
/// with all that was synced and a part of the batches from their beginning, and goes on. All subsets are tried.
class LogLostSectorsTest {
    private static final int SECTOR_BYTES = 512;

    private final LogWorld world = new LogWorld();

    /// @param isRecycled whether the last segment is one that was used before
    private void makeLog(boolean isRecycled) {
        world.options = LogOptions.DEFAULT.withSegmentSizeBytes(8192);
        world.create();
        if (isRecycled) {
            while (world.log.stats().segmentCount() < 4) {
                appendAndSync(700);
            }
            world.releaseAll();
            world.useAgain(() -> appendAndSync(700));
        }
        appendAndSync(40);
        appendAndSync(40);
    }

    private void appendAndSync(int lengthBytes) {
        long raftIndex = world.log.lastRaftIndex() + 1;
        world.append(new HardState(1, 3, raftIndex - 1), entry(1, raftIndex, lengthBytes));
        world.sync();
    }

    private Entry next(int ahead, int lengthBytes) {
        return entry(1, world.log.lastRaftIndex() + ahead, lengthBytes);
    }

    /// Tries each combination of the versions that a sector had since the last sync.
    ///
    /// @param versions of the whole segment, the synced one first
    private void tryAllCombinations(Path segment, List<byte[]> versions) {
        int sectorCount = versions.getLast().length / SECTOR_BYTES;
        List<Integer> changed = new ArrayList<>();
        List<List<byte[]>> choices = new ArrayList<>();
        long combinations = 1;
        for (int sector = 0; sector < sectorCount; sector++) {
            List<byte[]> distinct = new ArrayList<>();
            for (byte[] version : versions) {
                byte[] bytes = Arrays.copyOfRange(version, sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
                if (distinct.stream().noneMatch(other -> Arrays.equals(other, bytes))) {
                    distinct.add(bytes);
                }
            }
            if (distinct.size() > 1) {
                changed.add(sector);
                choices.add(distinct);
                combinations *= distinct.size();
            }
        }
        assertTrue(combinations >= 64 && combinations <= 4096, combinations + " combinations");
        Set<Integer> explanations = new HashSet<>();
        for (long combination = 0; combination < combinations; combination++) {
            byte[] content = versions.getFirst().clone();
            long rest = combination;
            for (int i = 0; i < changed.size(); i++) {
                List<byte[]> distinct = choices.get(i);
                byte[] chosen = distinct.get((int) (rest % distinct.size()));
                rest /= distinct.size();
                System.arraycopy(chosen, 0, content, changed.get(i) * SECTOR_BYTES, SECTOR_BYTES);
            }
            SimulatedFileSystem disk = world.disk.copy();
            disk.setContent(segment, content);
            explanations.add(checkOpens(disk, segment, "combination " + combination));
        }
        assertTrue(explanations.size() > 2, "records kept: " + explanations);
    }

    private int checkOpens(SimulatedFileSystem disk, Path segment, String when) {
        LogDiagnosis diagnosis = new LogInspector(disk, DIRECTORY).verify();
        assertTrue(diagnosis.verdict() != Verdict.CORRUPT, when + ": " + diagnosis);
        LogWorld other = new LogWorld(disk, world.model);
        other.options = world.options;
        LogContents first = other.open().contents();
        int explanation = world.model.findExplanation(first);
        other.log.close();
        byte[] repaired = disk.content(segment);
        assertEquals(LogModel.withoutTail(first), other.open().contents(), when);
        other.log.close();
        assertArrayEquals(repaired, disk.content(segment), when + ": a second repair changes nothing");
        assertEquals(Verdict.CLEAN, new LogInspector(disk, DIRECTORY).verify().verdict(), when);
        other.open();
        Entry following = entry(9, other.log.lastRaftIndex() + 1, 300);
        other.log.append(null, List.of(following));
        other.log.sync();
        other.log.close();
        assertEquals(following, other.open().contents().entries().getLast(), when);
        assertNotNull(other.log.read(other.log.firstRaftIndex(), Integer.MAX_VALUE));
        other.log.close();
        return explanation;
    }

    private void loseSectorsOfOneBatch(boolean isRecycled) {
        makeLog(isRecycled);
        Path segment = world.lastSegment();
        List<byte[]> versions = new ArrayList<>();
        versions.add(world.disk.content(segment));
        // Two records of two entries each.
        long commitIndex = world.log.lastRaftIndex();
        world.append(null, next(1, 900), next(2, 20));
        world.append(new HardState(1, 3, commitIndex), next(1, 0), next(2, 1500));
        // For the model it is still not synced.
        world.log.sync();
        versions.add(world.disk.content(segment));
        assertEquals(segment, world.lastSegment());
        tryAllCombinations(segment, versions);
    }

    @Test
    void shouldKeepWhatWasSyncedWhateverSectorsOfTheLastBatchAreLost() {
        loseSectorsOfOneBatch(false);
    }

    @Test
    void shouldKeepWhatWasSyncedWhateverSectorsOfTheLastBatchAreLostInARecycledSegment() {
        loseSectorsOfOneBatch(true);
    }

    @Test
    void shouldKeepWhatWasSyncedWhateverVersionsOfSectorsOfThreeBatchesAreThere() {
        makeLog(true);
        Path segment = world.lastSegment();
        List<byte[]> versions = new ArrayList<>();
        versions.add(world.disk.content(segment));
        for (int lengthBytes : new int[] {100, 900, 700}) {
            world.append(null, next(1, lengthBytes), next(2, 10));
            world.log.write();
            versions.add(world.disk.content(segment));
        }
        assertEquals(segment, world.lastSegment());
        tryAllCombinations(segment, versions);
    }

    /// A batch that is larger than what is left makes the file grow: it is gone whole, or its head alone is there.
    @Test
    void shouldOpenWhenTheFileDidNotGrow() {
        for (int lengthBytes = 0; lengthBytes < 504; lengthBytes += 8) {
            LogWorld other = new LogWorld();
            other.create();
            // The batch before ends anywhere in the last sector, at its end too.
            other.append(null, entry(1, 1, 504 - 88 - 36));
            other.append(null, entry(1, 2, Math.max(0, lengthBytes - 36)));
            other.sync();
            LogScan.Result before = new LogScan(new LogDirectory(other.disk, DIRECTORY), 0).run();
            if (other.log.stats().segmentCount() > 1) {
                break;
            }
            Path segment = before.diagnosis().file();
            SectorFrame sectors = new SectorFrame();
            sectors.begin(1, before.endPosition(), before.sectorBytes());
            RecordEncoder encoder = new RecordEncoder();
            encoder.begin(1, before.rollingCrc());
            encoder.entries(List.of(entry(1, 3, 5000)), 0, 1);
            int filePosition = (int) sectors.filePosition();
            byte[] written = new byte[8192];
            sectors.layOut(encoder.encoded()).laidOut().get(written, 0, 512);
            byte[] torn = other.disk.content(segment);
            if (filePosition < torn.length) {
                System.arraycopy(written, 0, torn, filePosition, 512);
            }
            other.log.close();
            other.disk.setContent(segment, torn);
            OpenedLog opened = SegmentedLog.open(LogWorld.platform(other.disk), DIRECTORY, other.options);
            assertEquals(2, opened.contents().entries().size(), "rest of the sector: " + lengthBytes);
            opened.log().append(null, List.of(entry(1, 3, 5000)));
            opened.log().sync();
            opened.log().close();
            assertEquals(3, SegmentedLog.open(LogWorld.platform(other.disk), DIRECTORY, other.options)
                    .contents().entries().size());
        }
    }

    /// Where the store knows that the batch was there, it is missed whatever sectors are lost.
    @Test
    void shouldMissWhatTheStoreHolds() {
        makeLog(true);
        Path segment = world.lastSegment();
        byte[] before = world.disk.content(segment);
        world.append(null, next(1, 900), next(2, 900));
        world.sync();
        world.log.close();
        byte[] after = world.disk.content(segment);
        long known = world.model.lastRaftIndex();
        LogInspector inspector = new LogInspector(world.disk, DIRECTORY);
        assertEquals(Verdict.CLEAN, inspector.verify(known).verdict());
        for (int sector = 0; sector < after.length / SECTOR_BYTES; sector++) {
            int from = sector * SECTOR_BYTES;
            byte[] lost = after.clone();
            System.arraycopy(before, from, lost, from, SECTOR_BYTES);
            world.disk.setContent(segment, lost);
            Verdict expected = Arrays.equals(lost, after) ? Verdict.CLEAN : Verdict.CORRUPT;
            assertEquals(expected, inspector.verify(known).verdict(), "sector " + sector);
        }
    }
}
