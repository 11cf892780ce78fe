package tenon.btree;

import java.lang.System.Logger.Level;
import java.nio.file.Path;
import tenon.api.FileSystem;
import tenon.api.MisuseException;
import tenon.api.OpenMode;
import tenon.api.Platform;
import tenon.api.StorageFile;

/// Writes a store of an earlier format version anew in the present one: beside the old file, which it replaces when
/// all is durable. A crash on the way leaves the old file.
final class FormatConversion {
    private static final System.Logger LOG = System.getLogger("tenon.btree");

    private FormatConversion() {}

    /// @param file the old one, locked; it does not have the name any more afterwards
    static void run(FileSystem files, StorageFile file, Meta meta, BTreeOptions options) {
        Path path = file.path();
        if (options.readOnly()) {
            throw new MisuseException(path + " is of format version " + meta.formatVersion() + ", this is version "
                    + MetaLayout.FORMAT_VERSION + ": open it for writing once, which converts it");
        }
        LOG.log(Level.INFO, "{0}: converting from format version {1} to {2}", path, meta.formatVersion(), MetaLayout.FORMAT_VERSION);
        Path beside = Defragmentation.pathBeside(path);
        files.delete(beside);
        BTreeOptions relaxed = options.withPageSizeBytes(meta.pageSizeBytes()).withSyncMode(SyncMode.LOSE_STORE);
        StoreState state = StoreOpener.openState(files, beside, relaxed, OpenMode.CREATE_NEW, meta.txid());
        try (BTreeStore copy = new BTreeStore(Platform.system().withFiles(files), beside, relaxed, state)) {
            try (CopyTarget target = new CopyTarget(copy)) {
                new FormatOneFile(file, meta).copyTo(target);
            }
            copy.finishCopy(meta.txid() + 1);
            files.rename(beside, path);
            StoreOpener.syncParent(files, path);
        }
    }
}
