package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tenon.api.Platform;

/// A file that is cut, or overwritten, behind the back of a process that reads or writes it: an error, and no crash of
/// its JVM.
class TruncatedFileTest {
    @TempDir
    Path directory;

    private interface Harm {
        void run(FileChannel file) throws IOException;
    }

    @Test
    void shouldThrowAStorageErrorWhenTheFileIsCut() throws Exception {
        String met = harm(file -> file.truncate(0));
        assertTrue(met.contains("StorageIoException"), met);
    }

    @Test
    void shouldThrowAStorageErrorWhenHalfOfTheFileIsCut() throws Exception {
        String met = harm(file -> file.truncate(file.size() / 2));
        assertTrue(met.contains("StorageIoException"), met);
    }

    @Test
    void shouldThrowAStorageErrorWhenTheFileIsZeroed() throws Exception {
        String met = harm(file -> file.write(ByteBuffer.allocate((int) file.size()), 0));
        assertTrue(met.contains("CorruptDataException"), met);
    }

    @ParameterizedTest
    @EnumSource(SyncMode.class)
    void shouldRefuseWritesWhenTheFileIsCutUnderTheWriter(SyncMode syncMode) throws Exception {
        refuseWrites(syncMode, file -> file.truncate(0));
    }

    /// The roots stay.
    @ParameterizedTest
    @EnumSource(SyncMode.class)
    void shouldRefuseWritesWhenHalfOfTheFileIsCutUnderTheWriter(SyncMode syncMode) throws Exception {
        refuseWrites(syncMode, file -> file.truncate(file.size() / 2));
    }

    private void refuseWrites(SyncMode syncMode, Harm harm) throws Exception {
        List<String> arguments = List.of(TruncatedWriter.class.getName(), directory.toString(), syncMode.name());
        String met = runVictim(arguments, () -> {
            for (TruncatedWriter.Work work : TruncatedWriter.Work.values()) {
                if (work != TruncatedWriter.Work.MAPPED_WRITE) {
                    harm(work.pathIn(directory), harm);
                }
            }
        });
        assertTrue(met.contains("StorageIoException"), met);
    }

    private static void harm(Path path, Harm harm) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            harm.run(file);
        }
    }

    /// @return what the reading process printed
    private String harm(Harm harm) throws Exception {
        Path path = directory.resolve("store");
        try (BTreeStore store = BTreeStore.open(Platform.system(), path, BTreeOptions.DEFAULT)) {
            store.write(tx -> {
                var bucket = tx.createBucket(new byte[] {'b'});
                for (int i = 0; i < 3000; i++) {
                    bucket.put(String.format("key%05d", i).getBytes(), new byte[i % 500 == 0 ? 20_000 : 200]);
                }
                return null;
            });
        }
        return runVictim(List.of(TruncationVictim.class.getName(), path.toString()), () -> harm(path, harm));
    }

    private interface Interruption {
        void run() throws IOException;
    }

    /// @param arguments the main class, and what it gets
    /// @param harms what happens to its files once it is at work
    /// @return what the process printed
    private String runVictim(List<String> arguments, Interruption harms) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "-XX:ErrorFile=" + directory.resolve("hs_err.log"),
                "-cp",
                classPath()));
        command.addAll(arguments);
        Process victim = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader out = victim.inputReader()) {
            assertEquals("READY", out.readLine());
            harms.run();
            victim.outputWriter().write("go\n");
            victim.outputWriter().flush();
            String met = out.lines().collect(Collectors.joining("\n"));
            assertTrue(victim.waitFor(60, TimeUnit.SECONDS), "it hangs");
            assertEquals(0, victim.exitValue(), met);
            assertFalse(Files.exists(directory.resolve("hs_err.log")), "the JVM crashed");
            return met;
        } finally {
            victim.destroyForcibly();
        }
    }

    /// Of the API, of this module, and of its tests, which lie beside it.
    private static String classPath() throws Exception {
        Path api = location(Platform.class);
        Path module = location(BTreeStore.class);
        return Stream.of(api, module, module.resolveSibling("test-classes"))
                .map(Path::toString)
                .collect(Collectors.joining(java.io.File.pathSeparator));
    }

    private static Path location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
