package tenon.btree;

import java.nio.file.Path;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.Platform;

/// Copies the live data into a file beside the store's, follows the commits made meanwhile, and puts the copy in the
/// store's place. The writer is held up only for the commits since the last time it was followed.
final class Defragmentation implements AutoCloseable {
    private static final String SUFFIX = ".defragment";
    /// So often commits are followed while the writer goes on.
    private static final int PASS_COUNT_MAX = 4;
    /// So few commits may be left to be followed while the writer waits.
    private static final long COMMITS_LEFT = 8;

    private final FileSystem files;
    private final Path path;
    private final Path beside;
    private final BTreeStore source;
    private final StoreState state;
    private final BTreeStore copy;
    private final CopyTarget target;
    private final Compaction compaction;
    /// The commit that the copy holds.
    private BTreeReadTx copied;
    private boolean swapped;
    private boolean handedOver;

    Defragmentation(Platform platform, BTreeStore source) {
        this.files = platform.files();
        this.path = source.path();
        this.beside = pathBeside(path);
        this.source = source;
        files.delete(beside);
        this.copied = source.pin();
        BTreeOptions options = source.options()
                .withPageSizeBytes(copied.file.pageSizeBytes)
                .withSyncMode(SyncMode.LOSE_STORE);
        this.state = begin(options);
        this.copy = new BTreeStore(platform, beside, options, state);
        this.target = new CopyTarget(copy);
        this.compaction = new Compaction(target);
    }

    private StoreState begin(BTreeOptions options) {
        try {
            return StoreOpener.openState(files, beside, options, OpenMode.CREATE_NEW, copied.txid());
        } catch (RuntimeException | Error e) {
            copied.close();
            throw e;
        }
    }

    /// Where the copy is made. What a crash leaves there is deleted at the next opening.
    static Path pathBeside(Path path) {
        return path.resolveSibling(path.getFileName() + SUFFIX);
    }

    /// The long part: while readers and the writer go on.
    void copy() {
        copied.setVerifiesAlways(true);
        compaction.copyAll(copied);
        copied.setVerifiesAlways(false);
        for (int pass = 0; pass < PASS_COUNT_MAX; pass++) {
            long before = copied.txid();
            follow();
            if (copied.txid() - before <= COMMITS_LEFT) {
                break;
            }
        }
        state.file.file.sync();
    }

    /// Brings the copy to the newest commit.
    private void follow() {
        BTreeReadTx newest = source.pin();
        try {
            if (newest.txid() != copied.txid()) {
                compaction.copyChanges(copied, newest);
            }
        } catch (RuntimeException | Error e) {
            newest.close();
            throw e;
        }
        copied.close();
        copied = newest;
    }

    /// The caller holds up the writer.
    StoreState swap() {
        follow();
        target.close();
        copy.finishCopy(copied.txid() + 1);
        // A rename that fails may have happened all the same.
        swapped = true;
        files.rename(beside, path);
        StoreOpener.syncParent(files, path);
        handedOver = true;
        return state;
    }

    /// Whether the new file may have the store's name.
    boolean isSwapped() {
        return swapped;
    }

    @Override
    public void close() {
        copied.close();
        if (!handedOver) {
            target.close();
            copy.close();
        }
        if (!swapped) {
            files.delete(beside);
        }
    }
}
