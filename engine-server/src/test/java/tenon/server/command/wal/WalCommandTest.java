package tenon.server.command.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.api.SnapshotMark;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.mvcc.WriteTxn;
import tenon.server.command.CommandRun;
import tenon.server.command.ExitCode;
import tenon.wal.LogOptions;
import tenon.wal.SegmentedLog;

class WalCommandTest {
    private static final int ENTRY_COUNT = 20;

    @TempDir
    Path directory;

    private Path log;

    @BeforeEach
    void makeLog() {
        log = directory.resolve("wal");
        var options = LogOptions.DEFAULT.withSegmentSizeBytes(64 << 10);
        try (SegmentedLog made = SegmentedLog.create(Platform.system(), log, new NodeIdentity(1, 2), options)) {
            for (int i = 1; i <= ENTRY_COUNT; i++) {
                byte[] data = ("entry " + i).getBytes(StandardCharsets.UTF_8);
                made.append(new HardState(1, 1, i - 1), List.of(new Entry(1, i, EntryType.NORMAL, data)));
                made.sync();
            }
        }
    }

    @Test
    void shouldShowEachRecord() {
        CommandRun run = CommandRun.of("wal", "dump", log.toString());
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        List<String> entries = run.out().lines().filter(line -> line.contains(" entries ")).toList();
        assertEquals(ENTRY_COUNT, entries.size());
        assertTrue(entries.getLast().endsWith("term 1 index " + ENTRY_COUNT), entries.getLast());
        assertTrue(run.out().contains("term 1 commit " + (ENTRY_COUNT - 1)), run.out());
    }

    @Test
    void shouldCallASoundLogClean() {
        CommandRun run = CommandRun.of("wal", "verify", log.toString());
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertTrue(run.out().startsWith("CLEAN: "), run.out());
    }

    @Test
    void shouldNameTheDamagedRecord() throws IOException {
        CommandRun sound = CommandRun.of("wal", "dump", log.toString());
        String fifth = sound.out().lines().filter(line -> line.endsWith("index 5")).findFirst().orElseThrow();
        int position = Integer.parseInt(fifth.replaceAll(".* at (\\d+) .*", "$1"));
        Path segment = firstSegment();
        byte[] bytes = Files.readAllBytes(segment);
        bytes[position + 20] ^= 4;
        Files.write(segment, bytes);

        CommandRun verify = CommandRun.of("wal", "verify", log.toString());
        assertEquals(ExitCode.FAILED, verify.exitCode());
        assertTrue(verify.out().startsWith("CORRUPT: " + segment + " at position " + position), verify.out());
        assertEquals("tenon: " + log + " is corrupt\n", verify.err());
        CommandRun dump = CommandRun.of("wal", "dump", log.toString());
        assertTrue(dump.out().lines().anyMatch(line -> line.contains("at " + position) && line.endsWith("DAMAGED")), dump.out());
        assertTrue(dump.out().contains("index " + ENTRY_COUNT), "records behind the damage are shown");
    }

    private Path storeAt(long raftIndex) throws IOException {
        Path store = Files.createDirectories(directory.resolve("snap")).resolve("db");
        Files.deleteIfExists(store);
        try (MvccStore made = MvccStore.open(Platform.system(), store, MvccOptions.DEFAULT)) {
            for (long i = 1; i <= raftIndex; i++) {
                try (WriteTxn write = made.write(new AppliedIndex(1, i))) {
                    write.put(new byte[] {1}, new byte[] {2}, 0);
                }
            }
        }
        return store;
    }

    @Test
    void shouldNotCallCleanWhatAStartRefuses() throws IOException {
        Path store = storeAt(ENTRY_COUNT);
        CommandRun sound = CommandRun.of("wal", "verify", log.toString());
        assertEquals(ExitCode.OK, sound.exitCode(), sound.err());
        assertTrue(sound.out().contains("compared with " + store + ", which holds entries up to " + ENTRY_COUNT), sound.out());

        storeAt(ENTRY_COUNT + 1);
        CommandRun shorter = CommandRun.of("wal", "verify", log.toString());
        assertEquals(ExitCode.FAILED, shorter.exitCode());
        String finding = "the log ends with entry " + ENTRY_COUNT + ", but the store holds entries up to " + (ENTRY_COUNT + 1)
                + "; put this member's files back from a backup, or remove the member and add it anew";
        assertTrue(shorter.out().startsWith("CORRUPT: ") && shorter.out().contains(finding), shorter.out());

        storeAt(3);
        Path older = log.resolveSibling("older");
        var options = LogOptions.DEFAULT.withSegmentSizeBytes(64 << 10);
        try (SegmentedLog made = SegmentedLog.create(Platform.system(), older, new NodeIdentity(1, 2), options)) {
            made.appendSnapshotMark(new SnapshotMark(1, 5));
            made.append(new HardState(1, 1, 5), List.of());
            made.sync();
        }
        CommandRun late = CommandRun.of("wal", "verify", older.toString());
        assertEquals(ExitCode.FAILED, late.exitCode());
        assertEquals(
                "tenon: " + store + " holds the effect of 3 entries, but the log begins behind entry 5: the store is older"
                        + " than the log\n",
                late.err());

        Files.write(store, new byte[10_000]);
        assertEquals(ExitCode.FAILED, CommandRun.of("wal", "verify", log.toString()).exitCode(), "the store is none");
    }

    @Test
    void shouldSayWhenTheStoreIsInUse() throws IOException {
        Path store = storeAt(3);
        try (MvccStore held = MvccStore.open(Platform.system(), store, MvccOptions.DEFAULT)) {
            CommandRun run = CommandRun.of("wal", "verify", log.toString(), "--store", store.toString());
            assertEquals(ExitCode.OK, run.exitCode(), run.err());
            assertTrue(run.out().contains("not compared: " + store + " is in use"), run.out());
            assertEquals(3, held.appliedIndex().raftIndex());
        }
    }

    @Test
    void shouldShowDataWhenAsked() {
        CommandRun run = CommandRun.of("wal", "dump", "--data", log.toString());
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertTrue(run.out().contains("term 1 index 7\n                  7: entry 7\n"), run.out());
    }

    @Test
    void shouldShowEachEntryOfARecord() {
        try (SegmentedLog opened = SegmentedLog.open(Platform.system(), log, LogOptions.DEFAULT).log()) {
            long next = ENTRY_COUNT + 1;
            opened.append(null, List.of(
                    new Entry(2, next, EntryType.NORMAL, new byte[] {'a'}),
                    new Entry(2, next + 1, EntryType.NORMAL, new byte[] {'b'}),
                    new Entry(3, next + 2, EntryType.NORMAL, new byte[] {'c'})));
            opened.sync();
        }
        String out = CommandRun.of("wal", "dump", "--data", log.toString()).out();
        List<String> lines = out.lines().toList();
        lines = lines.subList(lines.size() - 5, lines.size());
        assertTrue(lines.get(0).endsWith("entries        26 bytes  term 2 index 21 to 22"), out);
        assertEquals("                  21: a", lines.get(1));
        assertEquals("                  22: b", lines.get(2));
        assertTrue(lines.get(3).endsWith("entries        21 bytes  term 3 index 23"), out);
        assertEquals("                  23: c", lines.get(4));
    }

    @Test
    void shouldRefuseWhatIsNoLog() throws IOException {
        for (String word : List.of("dump", "verify")) {
            CommandRun missing = CommandRun.of("wal", word, directory.resolve("none").toString());
            assertEquals(ExitCode.FAILED, missing.exitCode());
            assertEquals("tenon: " + directory.resolve("none") + ": no such directory\n", missing.err());
            Path empty = Files.createDirectories(directory.resolve("empty"));
            CommandRun nothing = CommandRun.of("wal", word, empty.toString());
            assertEquals(ExitCode.FAILED, nothing.exitCode(), word);
            assertEquals(1, nothing.err().lines().count(), nothing.err());
        }
        assertEquals(ExitCode.USAGE, CommandRun.of("wal", "dump").exitCode());
        assertEquals(ExitCode.USAGE, CommandRun.of("wal", "frob").exitCode());
    }

    private Path firstSegment() throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(file -> file.toString().endsWith(".wal")).sorted().findFirst().orElseThrow();
        }
    }
}
