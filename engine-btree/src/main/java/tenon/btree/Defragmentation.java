package tenon.btree;

import java.nio.file.Path;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.Platform;

/// Copies the live data into a file beside the store's and puts that in its place.
final class Defragmentation {
    private static final String SUFFIX = ".defragment";

    private Defragmentation() {}

    /// Where the copy is made. What a crash leaves there is deleted at the next opening.
    static Path pathBeside(Path path) {
        return path.resolveSibling(path.getFileName() + SUFFIX);
    }

    /// The caller is the writer.
    static StoreState run(Platform platform, Path path, BTreeOptions options, BTreeReadTx source) {
        FileSystem files = platform.files();
        Path beside = pathBeside(path);
        try (source) {
            files.delete(beside);
            BTreeOptions sameSize = options.withPageSizeBytes(source.file.pageSizeBytes);
            StoreState copy = copyTo(platform, beside, sameSize, source);
            boolean swapped = false;
            try {
                files.rename(beside, path);
                StoreOpener.syncParent(files, path);
                swapped = true;
                return copy;
            } finally {
                if (!swapped) {
                    copy.closeWriter();
                    copy.file.close();
                }
            }
        }
    }

    private static StoreState copyTo(Platform platform, Path target, BTreeOptions options, BTreeReadTx source) {
        FileSystem files = platform.files();
        BTreeOptions fast = options.withSyncMode(SyncMode.LOSE_STORE);
        StoreState state = StoreOpener.openState(files, target, fast, OpenMode.CREATE_NEW, source.txid());
        BTreeStore store = new BTreeStore(platform, target, fast, state);
        boolean done = false;
        try {
            Compaction.copy(source, store);
            store.finishCopy();
            done = true;
            return state;
        } finally {
            if (!done) {
                store.close();
                files.delete(target);
            }
        }
    }
}
