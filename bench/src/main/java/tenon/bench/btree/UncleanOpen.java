package tenon.bench.btree;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tenon.bench.btree.peers.Peer;
import tenon.bench.btree.peers.PeerStore;
import tenon.bench.measure.StoreDirectory;

/// How long a store takes to open after its writer was killed. A process writes until the file is large enough, goes on
/// with synced commits, and is killed meanwhile; another one opens the file, after it has opened small ones.
final class UncleanOpen {
    private static final long COMMITTING_MS = 1_000;
    private static final double OPEN_MS_MAX = 100;
    private static final int VALUE_BYTES = 3_000;
    private static final String COMMITTING = "committing";

    private final PeerProcess process;
    private final Path directory;

    UncleanOpen(PeerProcess process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    /// Takes a hundredth, a tenth, and all of that size.
    ///
    /// @return rows for [SpecialWork#OPEN_UNCLEAN]
    List<List<String>> run(double gigabytes, int killCount) throws IOException, InterruptedException {
        List<List<String>> rows = new ArrayList<>();
        for (long part : new long[] {100, 10, 1}) {
            List<String> openMs = new ArrayList<>();
            List<String> getMs = new ArrayList<>();
            double slowest = 0;
            for (int i = 0; i < killCount; i++) {
                writeAndKill((long) (gigabytes * 1e9 / part));
                List<String> row = process.rows(Opener.class, directory.toString()).getFirst();
                openMs.add(row.get(0));
                getMs.add(row.get(1));
                slowest = Math.max(slowest, Double.parseDouble(row.get(0)));
            }
            rows.add(List.of(
                    String.format(Locale.ROOT, "%,.2f GB", new StoreDirectory(directory).sizeBytes() / 1e9),
                    String.join(", ", openMs),
                    String.join(", ", getMs),
                    part > 1 ? "" : "below 100: " + (slowest < OPEN_MS_MAX ? "reached" : "MISSED")));
        }
        return rows;
    }

    private void writeAndKill(long sizeBytes) throws IOException, InterruptedException {
        Process writer = process.start(Writer.class, directory.toString(), Long.toString(sizeBytes));
        try (BufferedReader output = writer.inputReader()) {
            String line = output.readLine();
            if (!COMMITTING.equals(line)) {
                throw new IOException("the writer said: " + line);
            }
            Thread.sleep(COMMITTING_MS);
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    /// `DIRECTORY SIZE`: writes until the file has that size, then commits one by one until it is killed.
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) {
            StoreDirectory directory = new StoreDirectory(Path.of(args[0]));
            long number;
            try (PeerStore store = Peer.TENON.open(directory.path(), PeerStore.Sync.AT_END)) {
                number = 0;
                while (directory.sizeBytes() < Long.parseLong(args[1])) {
                    number = put(store, number, Phases.REVISION_BATCH);
                }
            }
            PeerStore store = Peer.TENON.open(directory.path(), PeerStore.Sync.EACH_COMMIT);
            System.out.println(COMMITTING);
            while (true) {
                number = put(store, number, 100);
            }
        }

        /// Random keys of a sequence that never comes to the same number twice, also in the next process.
        private static long put(PeerStore store, long number, int count) {
            byte[] key = Elements.RANDOM.newKey();
            byte[] value = new byte[VALUE_BYTES];
            long salt = System.nanoTime();
            PeerStore.Writer writer = store.beginWrite(false);
            for (int i = 0; i < count; i++) {
                Elements.RANDOM.setKey(key, i == 0 && number == 0 ? 0 : salt + i);
                writer.put(key, value);
            }
            writer.commit();
            return number + count;
        }
    }

    /// `DIRECTORY`: opens the store and gets the key of number 0.
    static final class Opener {
        private static final int WARM_UP_COUNT = 200;

        private Opener() {}

        public static void main(String[] args) throws IOException {
            warmUp();
            byte[] key = Elements.RANDOM.newKey();
            Elements.RANDOM.setKey(key, 0);
            long startNs = System.nanoTime();
            try (PeerStore store = Peer.TENON.open(Path.of(args[0]), PeerStore.Sync.EACH_COMMIT);
                    PeerStore.Reader reader = store.beginRead()) {
                long openNs = System.nanoTime() - startNs;
                reader.touch(key);
                long getNs = System.nanoTime() - startNs - openNs;
                TableRow.print(List.of(milliseconds(openNs), milliseconds(getNs)));
            }
        }

        private static void warmUp() throws IOException {
            StoreDirectory small = new StoreDirectory(Files.createTempDirectory("tenon-open"));
            try {
                for (int i = 0; i < WARM_UP_COUNT; i++) {
                    try (PeerStore store = Peer.TENON.open(small.path(), PeerStore.Sync.AT_END)) {
                        Phases.putAll(store, Elements.RANDOM, 10, Phases.BATCH, false);
                    }
                }
            } finally {
                small.delete();
            }
        }

        private static String milliseconds(long ns) {
            return String.format(Locale.ROOT, "%.1f", ns / 1e6);
        }
    }
}
