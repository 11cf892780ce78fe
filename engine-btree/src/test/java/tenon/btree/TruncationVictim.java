package tenon.btree;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tenon.api.ByteView;
import tenon.api.Cursor;
import tenon.api.Platform;
import tenon.api.ReadTx;

/// A process that reads a store while its file is cut or overwritten. It prints what it met, and ends with 0 if that was
/// an error of the contract each time.
final class TruncationVictim {
    private static final int ROUNDS = 40;

    private TruncationVictim() {}

    /// @param arguments the store file
    public static void main(String[] arguments) throws Exception {
        BTreeOptions options = BTreeOptions.DEFAULT.withReadOnly(true);
        Map<String, Integer> met = new TreeMap<>();
        try (BTreeStore store = BTreeStore.open(Platform.system(), Path.of(arguments[0]), options)) {
            // Half of the pages are verified before, half are not.
            for (int i = 0; i < 2000; i++) {
                readAll(store, 500);
            }
            System.out.println("READY");
            System.in.read();
            for (int round = 0; round < ROUNDS; round++) {
                meet(met, () -> readAll(store, Integer.MAX_VALUE));
                meet(met, () -> readOne(store));
                meet(met, store::check);
                meet(met, () -> store.copyTo(java.io.OutputStream.nullOutputStream()));
            }
        }
        met.forEach((name, count) -> System.out.println(name + " " + count));
        boolean isSane = met.keySet().stream()
                .allMatch(name -> name.equals("StorageIoException") || name.equals("CorruptDataException"));
        System.exit(isSane ? 0 : 3);
    }

    private static void meet(Map<String, Integer> met, Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            met.merge(e.getClass().getSimpleName(), 1, Integer::sum);
            if (!(e instanceof tenon.api.StorageException)) {
                e.printStackTrace(System.out);
            }
        }
    }

    private static void readOne(BTreeStore store) {
        try (ReadTx tx = store.beginRead()) {
            ByteView view = tx.bucket(new byte[] {'b'}).get("key00042".getBytes());
            view.toByteArray();
        }
    }

    private static void readAll(BTreeStore store, int limit) {
        try (ReadTx tx = store.beginRead()) {
            Cursor cursor = tx.bucket(new byte[] {'b'}).cursor();
            for (int i = 0; i < limit && cursor.next(); i++) {
                cursor.key().toByteArray();
                cursor.value().toByteArray();
            }
        }
    }
}
