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
        List<String> entries = run.out().lines().filter(line -> line.contains(" entry ")).toList();
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
