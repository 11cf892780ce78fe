package tenon.server.command.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Platform;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.btree.PageInfo;
import tenon.btree.PageType;
import tenon.btree.StoreInspector;
import tenon.server.command.CommandRun;

/// Runs each command of `docs/tools.md`, and compares what it prints with what the document shows.
/// `-Dtenon.rewrite=true` writes the document anew.
class ToolsDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "tools.md");
    private static final String PROMPT = "$ tenon ";
    private static final String FENCE = "```";

    @TempDir
    Path directory;

    private void makeStores() throws IOException {
        Path file = directory.resolve("store.db");
        try (BTreeStore store = BTreeStore.open(Platform.system(), file, BTreeOptions.DEFAULT)) {
            for (String value : List.of("earth", "world")) {
                store.write(tx -> {
                    var words = tx.createBucketIfAbsent(bytes("words"));
                    words.put(bytes("hello"), bytes(value));
                    words.put(new byte[] {(byte) 0xff, 1}, bytes("binary"));
                    words.put(bytes("long"), bytes("l".repeat(5000)));
                    words.createBucketIfAbsent(bytes("inner")).put(bytes("a"), bytes("b"));
                    tx.createBucketIfAbsent(bytes("numbers")).put(bytes("one"), bytes("1"));
                    return null;
                });
            }
            store.write(tx -> tx.bucket(bytes("words")).delete(bytes("long")));
        }
        Path damaged = directory.resolve("damaged.db");
        byte[] content = Files.readAllBytes(file);
        List<PageInfo> leaves = new ArrayList<>();
        try (StoreInspector inspector = StoreInspector.open(Platform.system(), file)) {
            long newest = inspector.tx().txid();
            inspector.forEachPage(page -> {
                if (page.type() == PageType.LEAF && page.txid() == newest) {
                    leaves.add(page);
                }
            });
        }
        content[(int) leaves.getFirst().pageId() * BTreeOptions.DEFAULT.pageSizeBytes() + 3000] ^= 1;
        Files.write(damaged, content);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldPrintWhatTheDocumentShows() throws IOException {
        makeStores();
        List<String> shown = Files.readAllLines(DOCUMENT);
        List<String> real = new ArrayList<>();
        boolean inFence = false;
        int commands = 0;
        for (String line : shown) {
            boolean isFence = line.startsWith(FENCE);
            inFence = isFence != inFence;
            if (isFence || !inFence) {
                real.add(line);
            } else if (line.startsWith(PROMPT)) {
                real.add(line);
                real.addAll(run(line.substring(PROMPT.length())));
                commands++;
            }
        }
        assertTrue(commands >= 12, "the document shows only " + commands + " commands");
        if (Boolean.getBoolean("tenon.rewrite")) {
            Files.write(DOCUMENT, real);
        } else {
            assertEquals(String.join("\n", real), String.join("\n", shown), "see -Dtenon.rewrite=true");
        }
    }

    @Test
    void shouldShowEveryCommandThatThereIs() throws IOException {
        String document = Files.readString(DOCUMENT);
        DbCommand.tree().getSubcommands().keySet().forEach(word ->
                assertTrue(document.contains("\n" + PROMPT + "db " + word + " "), word + " is not shown"));
    }

    /// Files of the document lie in the directory of the test.
    private List<String> run(String command) {
        String[] arguments = Arrays.stream(command.split(" "))
                .map(word -> word.endsWith(".db") ? directory.resolve(word).toString() : word)
                .toArray(String[]::new);
        CommandRun run = CommandRun.of(arguments);
        String printed = (run.out() + run.err()).replace(directory + "/", "");
        List<String> lines = new ArrayList<>(printed.lines().map(String::stripTrailing).toList());
        if (run.exitCode() != 0) {
            lines.add("(exit code " + run.exitCode() + ")");
        }
        return lines;
    }
}
