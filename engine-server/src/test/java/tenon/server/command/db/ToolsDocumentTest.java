package tenon.server.command.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.btree.PageInfo;
import tenon.btree.PageType;
import tenon.btree.StoreInspector;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.mvcc.WriteTxn;
import tenon.server.ServerConfig;
import tenon.server.TenonServer;
import tenon.server.command.CommandRun;
import tenon.server.command.wal.WalCommand;
import tenon.server.tls.Certificates;
import tenon.wal.LogOptions;
import tenon.wal.SegmentedLog;

/// Runs each command of `docs/tools.md`, and compares what it prints with what the document shows.
/// `-Dtenon.rewrite=true` writes the document anew.
class ToolsDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "tools.md");
    private static final String PROMPT = "$ tenon ";
    private static final String FENCE = "```";
    private static final String SEGMENT = "0000000000000001-0000000000000001.wal";
    private static final Pattern TAIL = Pattern.compile("(.*) \\| tail -n (\\d+)");
    /// Where the node of the document serves over TLS, and in the clear at what is the default of every command.
    private static final String SECURE_URL = "https://127.0.0.1:2379";

    @TempDir
    Path directory;

    private TenonServer server;

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

    /// One that holds what is more than a line.
    private void makeNotes() {
        try (BTreeStore store =
                BTreeStore.open(Platform.system(), directory.resolve("notes.db"), BTreeOptions.DEFAULT)) {
            store.write(tx -> {
                tx.createBucket(bytes("notes")).put(bytes("today"), bytes("milk\nbread"));
                return null;
            });
        }
    }

    private void startServer() throws IOException {
        Certificates authority = new Certificates(directory.resolve("tls"), "EC");
        authority.issue("client");
        server = TenonServer.start(ServerConfig.builder(directory.resolve("running"))
                .listenClientUrls(List.of(URI.create("http://127.0.0.1:0"), URI.create("https://127.0.0.1:0")))
                .clientTls(authority.issue("server"))
                .walSegmentBytes(1 << 20)
                .build());
    }

    @AfterEach
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    /// A node's log and store; a log that is torn, one with a wrong bit, and a node whose log is too short.
    private void makeLogs() throws IOException {
        Path node = directory.resolve("node/member/wal");
        writeLog(node, List.of("hello"), List.of("world", "\u0001\u0002"));
        MvccOptions mvcc = MvccOptions.DEFAULT;
        for (String name : List.of("node", "short")) {
            Path store = Files.createDirectories(directory.resolve(name + "/member/snap")).resolve("db");
            try (MvccStore made = MvccStore.open(Platform.system(), store, mvcc)) {
                for (int i = 1; i <= 3; i++) {
                    try (WriteTxn write = made.write(new AppliedIndex(1, i))) {
                        write.put(bytes("k"), bytes("v"), 0);
                    }
                }
            }
        }
        writeLog(directory.resolve("short/member/wal"), List.of("hello"));
        writeLog(directory.resolve("damaged/wal"), List.of("hello"), List.of("world"), List.of("again"));
        Path segment = directory.resolve("damaged/wal").resolve(SEGMENT);
        byte[] content = Files.readAllBytes(segment);
        content[180] ^= 4;
        Files.write(segment, content);
        writeLog(directory.resolve("torn/wal"), List.of("hello"), List.of("x".repeat(1000)));
        Path torn = directory.resolve("torn/wal").resolve(SEGMENT);
        content = Files.readAllBytes(torn);
        Arrays.fill(content, 512, 1024, (byte) 0);
        Files.write(torn, content);
    }

    /// What a node would have sent of its store.
    private void makeSnapshot() throws IOException, NoSuchAlgorithmException {
        byte[] store = Files.readAllBytes(directory.resolve("node/member/snap/db"));
        try (OutputStream saved = Files.newOutputStream(directory.resolve("saved.db"))) {
            saved.write(store);
            saved.write(MessageDigest.getInstance("SHA-256").digest(store));
        }
    }

    /// @param batches of entries, each appended and synced together
    @SafeVarargs
    private static void writeLog(Path log, List<String>... batches) {
        LogOptions options = LogOptions.DEFAULT.withSegmentSizeBytes(64 << 10);
        try (SegmentedLog made = SegmentedLog.create(Platform.system(), log, new NodeIdentity(0xA1, 0xC1), options)) {
            for (List<String> batch : batches) {
                long lastRaftIndex = made.lastRaftIndex();
                List<Entry> entries = new ArrayList<>();
                for (String data : batch) {
                    entries.add(new Entry(1, lastRaftIndex + 1 + entries.size(), EntryType.NORMAL, bytes(data)));
                }
                made.append(new HardState(1, 0xA1, lastRaftIndex), entries);
                made.sync();
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldPrintWhatTheDocumentShows() throws IOException, NoSuchAlgorithmException {
        makeStores();
        makeNotes();
        makeLogs();
        makeSnapshot();
        startServer();
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
        WalCommand.tree().getSubcommands().keySet().forEach(word ->
                assertTrue(document.contains("\n" + PROMPT + "wal " + word + " "), word + " is not shown"));
    }

    private static boolean isPath(String word) {
        return word.endsWith(".db") || word.contains("/") && !word.contains("://") || word.equals("none");
    }

    private List<String> run(String command) {
        Matcher tail = TAIL.matcher(command);
        if (tail.matches()) {
            List<String> all = run(tail.group(1));
            return all.subList(all.size() - Integer.parseInt(tail.group(2)), all.size());
        }
        return runAlone(command);
    }

    /// Files of the document lie in the directory of the test, and its node has ports of its own.
    private List<String> runAlone(String command) {
        String secureUrl = server.clientUris().getLast().toString();
        List<String> arguments = new ArrayList<>(Arrays.stream(command.split(" "))
                .map(word -> isPath(word) ? directory.resolve(word).toString() : word.replace(SECURE_URL, secureUrl))
                .toList());
        if (command.startsWith("ctl snapshot save ")) {
            arguments.add("--endpoints=" + server.clientUri());
        }
        CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
        String printed = (run.out() + run.err()).replace(directory + "/", "").replace(secureUrl, SECURE_URL);
        List<String> lines = new ArrayList<>(printed.lines().map(String::stripTrailing).toList());
        if (run.exitCode() != 0) {
            lines.add("(exit code " + run.exitCode() + ")");
        }
        return lines;
    }
}
