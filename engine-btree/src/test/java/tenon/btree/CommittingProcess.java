package tenon.btree;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import tenon.api.Bucket;
import tenon.api.ByteView;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.WriteBucket;

/// A process that commits to a store without end, until it is killed, and says of each commit and each sync when it has
/// returned. Commits have numbers, and what a store holds tells the number of its commit.
final class CommittingProcess {
    private static final byte[] NUMBERED = "numbered".getBytes();
    private static final byte[] NUMBERS = "numbers".getBytes();
    private static final byte[] LONG_KEY = "long".getBytes();
    private static final int KEY_COUNT = 60;
    /// So many of the last commits have left their number.
    private static final long NUMBER_COUNT = 300;
    private static final int LONG_VALUE_BYTES_MAX = 30_000;
    private static final String COMMITTED = "committed ";
    private static final String SYNCED = "synced ";

    private final Process process;
    private final BufferedReader output;
    private long committed;
    private long synced;

    private CommittingProcess(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /// The body of the process.
    ///
    /// @param args path, sync mode
    public static void main(String[] args) {
        BTreeStore store = BTreeStore.open(Platform.system(), Path.of(args[0]), options(SyncMode.valueOf(args[1])));
        for (long number = numberIn(store) + 1; ; number++) {
            commit(store, number);
            say(COMMITTED + number);
            if (number % 13 == 0) {
                store.sync();
                say(SYNCED + number);
            }
            if (number % 7 == 0) {
                store.defragmentStep(20);
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    static BTreeOptions options(SyncMode mode) {
        return BTreeOptions.DEFAULT
                .withPageSizeBytes(1024)
                .withMapSegmentSizeBytes(64 << 10)
                .withGrowStepBytesMax(64 << 10)
                .withSyncMode(mode);
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    private static byte[] longValue(long number) {
        byte[] value = new byte[(int) (number * 7919 % LONG_VALUE_BYTES_MAX)];
        Arrays.fill(value, (byte) number);
        return value;
    }

    private static void commit(BTreeStore store, long number) {
        store.write(tx -> {
            WriteBucket numbered = tx.createBucketIfAbsent(NUMBERED);
            for (int i = 0; i < KEY_COUNT; i++) {
                numbered.put(bytes(i), bytes(number));
            }
            numbered.put(LONG_KEY, longValue(number));
            WriteBucket numbers = tx.createBucketIfAbsent(NUMBERS);
            numbers.append(bytes(number), bytes(number));
            numbers.delete(bytes(number - NUMBER_COUNT));
            return null;
        });
    }

    /// The number of the commit that the store shows, all of which must be there and nothing else; 0 if it has none.
    static long numberIn(BTreeStore store) {
        try (ReadTx tx = store.beginRead()) {
            if (tx.bucketNames().isEmpty()) {
                return 0;
            }
            Bucket numbered = tx.bucket(NUMBERED);
            long number = numberOf(numbered.get(bytes(0)));
            for (int i = 0; i < KEY_COUNT; i++) {
                check(number == numberOf(numbered.get(bytes(i))), "two commits in one");
            }
            check(Arrays.equals(longValue(number), numbered.get(LONG_KEY).toByteArray()), "another long value");
            Bucket numbers = tx.bucket(NUMBERS);
            for (long earlier = Math.max(1, number - NUMBER_COUNT + 1); earlier <= number; earlier++) {
                check(earlier == numberOf(numbers.get(bytes(earlier))), "commit " + earlier + " left nothing");
            }
            check(numbers.get(bytes(number + 1)) == null, "a part of a later commit");
            return number;
        }
    }

    /// The process has no JUnit.
    private static void check(boolean holds, String finding) {
        if (!holds) {
            throw new AssertionError(finding);
        }
    }

    private static long numberOf(ByteView value) {
        return ByteBuffer.wrap(value.toByteArray()).getLong();
    }

    static CommittingProcess start(Path store, SyncMode mode) throws IOException {
        return new CommittingProcess(StoreProcess.start(CommittingProcess.class, store.toString(), mode.name()));
    }

    /// Reads what it says until it has said so many lines, or for as long as it goes on saying something.
    void listen(long lineCountMax) throws IOException {
        for (long i = 0; i < lineCountMax; i++) {
            String line = output.readLine();
            if (line == null) {
                return;
            }
            if (line.startsWith(COMMITTED)) {
                committed = Long.parseLong(line.substring(COMMITTED.length()));
            } else if (line.startsWith(SYNCED)) {
                synced = Long.parseLong(line.substring(SYNCED.length()));
            }
        }
    }

    /// Ends it by SIGKILL, and hears what it said last.
    void kill() throws IOException, InterruptedException {
        // Its own destroyForcibly would also close what it says.
        process.toHandle().destroyForcibly();
        listen(Long.MAX_VALUE);
        process.waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// The newest commit that it said had returned, 0 if none.
    long committed() {
        return committed;
    }

    /// The newest commit of which it said so after a sync had returned, 0 if none.
    long synced() {
        return synced;
    }
}
