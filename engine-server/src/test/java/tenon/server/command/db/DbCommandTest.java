package tenon.server.command.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Platform;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.server.command.CommandRun;
import tenon.server.command.ExitCode;

class DbCommandTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void makeStore() {
        file = directory.resolve("store.db");
        try (BTreeStore store = BTreeStore.open(Platform.system(), file, BTreeOptions.DEFAULT)) {
            store.write(tx -> {
                var words = tx.createBucketIfAbsent(bytes("words"));
                words.put(bytes("hello"), bytes("world"));
                words.put(new byte[] {(byte) 0xff, 1}, bytes("binary"));
                words.createBucket(bytes("inner")).put(bytes("a"), bytes("b"));
                return null;
            });
        }
    }

    @Test
    void shouldCheck() {
        CommandRun run = db("check");
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertTrue(run.out().matches("OK, \\d+ pages\n"), run.out());
    }

    @Test
    void shouldNameADamagedPage() throws IOException {
        CommandRun pages = db("pages");
        String leaf = pages.out().lines().filter(line -> line.contains(" leaf ")).findFirst().orElseThrow();
        int pageId = Integer.parseInt(leaf.replace("|", " ").trim().split("\\s+")[0]);
        byte[] content = Files.readAllBytes(file);
        content[pageId * 4096 + 2000] ^= 1;
        Files.write(file, content);

        CommandRun check = db("check");
        assertEquals(ExitCode.FAILED, check.exitCode());
        assertTrue(check.out().contains("page " + pageId), check.out());
        assertEquals(1, check.err().lines().count(), check.err());
        assertTrue(check.err().startsWith("tenon: " + file + " is damaged"), check.err());
        assertTrue(db("pages").out().contains(" damaged "), "the damaged page is listed as such");
    }

    @Test
    void shouldListBuckets() {
        List<String> names = db("buckets").out().lines()
                .filter(line -> line.startsWith("|") && !line.contains("BUCKET"))
                .map(line -> line.split("\\|")[1].strip())
                .toList();
        assertEquals(List.of("words", "words/inner"), names);
    }

    @Test
    void shouldListKeysAndShowValues() {
        assertEquals("hello\ninner\n0xff01\n", db("keys", "words").out());
        assertEquals("a\n", db("keys", "words", "inner").out());
        assertEquals("world\n", db("get", "words", "hello").out());
        assertEquals("binary\n", db("get", "words", "0xff01").out());
        assertEquals("776f726c64\n", db("get", "words", "hello", "--format", "hex").out());
        assertEquals("words hello world\nwords/inner a b\nwords 0xff01 binary\n", db("dump").out());
    }

    @Test
    void shouldShowPages() {
        CommandRun stats = db("stats");
        assertTrue(stats.out().contains("page size: 4096\n"), stats.out());
        assertTrue(stats.out().contains("keys: 4\n"), stats.out());
        assertEquals(ExitCode.OK, db("page", "0").exitCode());
        assertTrue(db("page", "0", "--bytes").out().contains("\n0010  "), "bytes are shown");
        assertRefused("there are pages 0 to", db("page", "999999"));
    }

    @Test
    void shouldCompact() {
        Path target = directory.resolve("small.db");
        assertEquals(ExitCode.OK, CommandRun.of("db", "compact", file.toString(), target.toString()).exitCode());
        assertEquals(db("dump").out(), CommandRun.of("db", "dump", target.toString()).out());
        assertRefused("exists already", CommandRun.of("db", "compact", file.toString(), target.toString()));
    }

    @Test
    void shouldRefuseWhatIsNoStore() throws IOException {
        assertRefused("no such file", CommandRun.of("db", "check", directory.resolve("none").toString()));
        Path garbage = directory.resolve("garbage");
        Files.write(garbage, new byte[100_000]);
        assertRefused(garbage.toString(), CommandRun.of("db", "stats", garbage.toString()));
        Files.writeString(garbage, "short");
        assertRefused(garbage.toString(), CommandRun.of("db", "pages", garbage.toString()));
        Files.write(garbage, new byte[0]);
        assertRefused(garbage.toString(), CommandRun.of("db", "pages", garbage.toString()));
        assertRefused(directory.toString(), CommandRun.of("db", "check", directory.toString()));
        assertRefused("there is no bucket \"nope\"", db("keys", "nope"));
        assertRefused("there is no key \"nope\"", db("get", "words", "nope"));
    }

    @Test
    void shouldRefuseAFileThatANodeHasOpen() {
        try (BTreeStore store = BTreeStore.open(Platform.system(), file, BTreeOptions.DEFAULT)) {
            assertRefused(store.path() + " is in use", db("check"));
        }
    }

    @Test
    void shouldRefuseWhatItDoesNotUnderstand() {
        assertEquals(ExitCode.USAGE, CommandRun.of("db", "check").exitCode());
        assertEquals(ExitCode.USAGE, CommandRun.of("db", "frob").exitCode());
        assertEquals(ExitCode.USAGE, db("check", "--frob").exitCode());
        assertEquals(ExitCode.USAGE, db("page", "x").exitCode());
    }

    private CommandRun db(String word, String... rest) {
        String[] arguments = new String[rest.length + 3];
        arguments[0] = "db";
        arguments[1] = word;
        arguments[2] = file.toString();
        System.arraycopy(rest, 0, arguments, 3, rest.length);
        return CommandRun.of(arguments);
    }

    private static void assertRefused(String part, CommandRun run) {
        assertEquals(ExitCode.FAILED, run.exitCode(), run.out() + run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().startsWith("tenon: ") && run.err().contains(part), run.err());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
