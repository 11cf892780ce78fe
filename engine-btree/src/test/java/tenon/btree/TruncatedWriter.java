package tenon.btree;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import tenon.api.FileSystem;
import tenon.api.KeyRange;
import tenon.api.Platform;
import tenon.api.StorageException;
import tenon.api.StorageFailedException;
import tenon.api.StorageFile;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;

/// A process that writes to stores whose files are cut. It prints what it met, and ends with 0 if that was an error of
/// the contract each time, and each store took no more writes then.
final class TruncatedWriter {
    private static final byte[] NAME = {'b'};
    private static final byte[] NESTED = "zz".getBytes();
    private static final int KEYS = 3000;
    /// Enough for all that a writer does to be compiled.
    private static final int WARMING_ROUNDS = 150;
    /// So long are files that are written through memory.
    private static final int MAPPED_BYTES = 20 << 20;

    private static volatile boolean cutsAtWrite;

    private TruncatedWriter() {}

    /// What is done to a store of its own.
    enum Work {
        PUT,
        LONG_PUT,
        NESTED_COMMIT,
        DELETE,
        RANGE_DELETE,
        BUCKET_DELETE,
        DEFRAGMENTATION,
        STEPS,
        SYNC,
        CLOSE,
        /// The file is cut when the commit has found it whole, and writes its first page.
        MAPPED_WRITE,
        /// One after the other since before the file is cut. If that was in the middle of a commit, it may have made the
        /// file as long as it was: then its pages are damaged, and nothing more is known.
        PUTS;

        Path pathIn(Path directory) {
            return directory.resolve(name().toLowerCase(Locale.ROOT));
        }
    }

    /// @param arguments the directory for the stores, and their sync mode
    public static void main(String[] arguments) throws Exception {
        BTreeOptions options = BTreeOptions.DEFAULT.withSyncMode(SyncMode.valueOf(arguments[1]));
        Path directory = Path.of(arguments[0]);
        warmUp(options.withSyncMode(SyncMode.LOSE_STORE), directory.resolve("warm"));
        Map<Work, BTreeStore> stores = new EnumMap<>(Work.class);
        for (Work work : Work.values()) {
            stores.put(work, BTreeStore.open(platform(work), work.pathIn(directory), options));
            fill(stores.get(work), work == Work.MAPPED_WRITE || work == Work.PUTS ? MAPPED_BYTES : 20_000);
        }
        for (int round = 0; round < 4; round++) {
            // Until what the commits before freed is used again: that lies in the part that is mapped for writing.
            put(stores.get(Work.MAPPED_WRITE), round);
            stores.get(Work.MAPPED_WRITE).sync();
        }
        WriteTx open = stores.get(Work.NESTED_COMMIT).beginWrite();
        nested(open).put(key(1), NAME);
        boolean[] isSane = {true};
        Thread puts = new Thread(() -> isSane[0] &= meets("PUTS", () -> putForEver(stores.get(Work.PUTS)), true));
        puts.start();
        System.out.println("READY");
        System.in.read();
        puts.join();
        for (Work work : Work.values()) {
            if (work == Work.MAPPED_WRITE && options.syncMode() == SyncMode.LOSE_NOTHING) {
                continue;
            }
            isSane[0] &= meets(work.name(), () -> run(work, stores.get(work), open), false);
            isSane[0] &= work == Work.CLOSE || work == Work.PUTS || refusesWrites(work, stores.get(work));
            isSane[0] &= meets(work + ", close", stores.get(work)::close, false);
        }
        System.exit(isSane[0] ? 0 : 3);
    }

    private static Platform platform(Work work) {
        Platform system = Platform.system();
        return work == Work.MAPPED_WRITE ? system.withFiles(cutting(system.files())) : system;
    }

    private static FileSystem cutting(FileSystem files) {
        return (FileSystem) Proxy.newProxyInstance(
                FileSystem.class.getClassLoader(), new Class<?>[] {FileSystem.class}, (_, method, arguments) -> {
                    Object result = method.invoke(files, arguments);
                    return result instanceof StorageFile file ? cutting(file) : result;
                });
    }

    private static StorageFile cutting(StorageFile file) {
        return (StorageFile) Proxy.newProxyInstance(
                StorageFile.class.getClassLoader(), new Class<?>[] {StorageFile.class}, (_, method, arguments) -> {
                    if (cutsAtWrite && method.getName().equals("writeMapped")) {
                        cutsAtWrite = false;
                        cut(file.path());
                    }
                    try {
                        return method.invoke(file, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static void cut(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
    }

    private static byte[] key(int i) {
        return String.format("key%05d", i).getBytes();
    }

    private static WriteBucket nested(WriteTx tx) {
        return tx.bucket(NAME).findBucket(NESTED).orElseThrow();
    }

    /// Leaves free pages behind, so that there is something to defragment.
    private static void fill(BTreeStore store, int longBytes) {
        for (int round = 0; round < 2; round++) {
            store.write(tx -> {
                WriteBucket bucket = tx.createBucketIfAbsent(NAME);
                for (int i = 0; i < KEYS; i++) {
                    bucket.put(key(i), new byte[200]);
                }
                bucket.put(key(KEYS - 100), new byte[longBytes]);
                bucket.createBucketIfAbsent(NESTED).put(key(0), NAME);
                return null;
            });
        }
        store.write(tx -> tx.bucket(NAME).deleteRange(new KeyRange(key(KEYS / 4), key(KEYS / 2))));
    }

    private static void warmUp(BTreeOptions options, Path path) {
        try (BTreeStore store = BTreeStore.open(Platform.system(), path, options)) {
            fill(store, 20_000);
            for (int round = 0; round < WARMING_ROUNDS; round++) {
                put(store, round);
                store.write(tx -> tx.bucket(NAME).delete(key(KEYS / 2)));
                store.write(tx -> nested(tx).nextSequence());
                store.defragmentStep(50);
            }
            store.defragment();
        }
    }

    private static void put(BTreeStore store, int round) {
        store.write(tx -> {
            for (int i = 0; i < 50; i++) {
                tx.bucket(NAME).put(key((round * 50 + i * 31) % KEYS), new byte[200 + i]);
            }
            return null;
        });
    }

    private static void putForEver(BTreeStore store) {
        for (int round = 0; ; round++) {
            int present = round;
            store.write(tx -> {
                tx.bucket(NAME).put(key(present * 31 % KEYS), NAME);
                return null;
            });
        }
    }

    private static void run(Work work, BTreeStore store, WriteTx open) {
        switch (work) {
            case PUT -> store.write(tx -> {
                tx.bucket(NAME).put(key(KEYS - 1), NAME);
                return null;
            });
            case LONG_PUT -> store.write(tx -> {
                tx.bucket(NAME).put(key(KEYS - 100), new byte[50_000]);
                return null;
            });
            case NESTED_COMMIT -> {
                try (open) {
                    open.commit();
                }
            }
            case DELETE -> store.write(tx -> tx.bucket(NAME).delete(key(KEYS - 7)));
            case RANGE_DELETE -> store.write(tx -> tx.bucket(NAME).deleteRange(KeyRange.atLeast(key(KEYS / 2))));
            case BUCKET_DELETE -> store.write(tx -> tx.deleteBucket(NAME));
            case DEFRAGMENTATION -> store.defragment();
            case STEPS -> {
                for (int i = 0; i < 100; i++) {
                    store.defragmentStep(20);
                }
            }
            case SYNC -> store.sync();
            case CLOSE -> store.close();
            case MAPPED_WRITE -> {
                cutsAtWrite = true;
                put(store, 0);
            }
            case PUTS -> put(store, 0);
        }
    }

    /// A writer learns of the cut by its first commit at the latest.
    private static boolean refusesWrites(Work work, BTreeStore store) {
        boolean fails = meets(work + ", then a put", () -> store.write(tx -> {
            tx.createBucketIfAbsent(NAME).put(key(KEYS + 1), NAME);
            return null;
        }), true);
        try {
            store.beginWrite().close();
            System.out.println(work + ": takes more writes");
            return false;
        } catch (StorageFailedException expected) {
            return fails;
        }
    }

    /// @param fails whether it has to
    /// @return whether it ended as the contract says
    private static boolean meets(String what, Runnable run, boolean fails) {
        try {
            run.run();
            System.out.println(what + ": nothing");
            return !fails;
        } catch (StorageException e) {
            System.out.println(what + ": " + e.getClass().getSimpleName());
            return true;
        } catch (Throwable e) {
            e.printStackTrace(System.out);
            return false;
        }
    }
}
