package tenon.btree;

import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import tenon.api.CorruptDataException;
import tenon.api.FileSystem;
import tenon.api.MisuseException;
import tenon.api.OpenMode;
import tenon.api.Platform;
import tenon.api.StorageFile;

/// Repairs a damaged store file that nobody has open. Opening a store never does any of this by itself: each way gives
/// something up, and says what.
public final class StoreRepair {
    private static final System.Logger LOG = System.getLogger("tenon.btree");

    private StoreRepair() {}

    /// Goes back to the commit before the newest one, in place, where the newest one is damaged and the other is whole.
    ///
    /// @throws tenon.api.FileInUseException if the store is open
    /// @throws MisuseException if there is nothing to fall back from: the newest commit is whole
    /// @throws CorruptDataException if there is nothing to fall back to: the other commit is damaged too, or gone
    public static FallBackReport fallBack(Platform platform, Path path) {
        StorageFile file = platform.files().open(path, OpenMode.READ_WRITE);
        try (file) {
            file.lock(true);
            MetaPages metaPages = MetaPages.read(file);
            if (metaPages == null) {
                throw new CorruptDataException(path, 0, "it is empty: no store was ever written to it");
            }
            checkVersion(path, metaPages.meta());
            Meta newest = metaPages.meta();
            Meta older = metaPages.other();
            List<String> findings = findings(file, newest);
            if (findings.isEmpty()) {
                throw new MisuseException(
                        path + ": commit " + newest.txid() + " is whole, there is nothing to fall back from");
            }
            if (older == null || older.txid() == newest.txid() || older.rootPageId() == newest.rootPageId()) {
                throw new CorruptDataException(path, 0, "commit " + newest.txid() + " is damaged (" + findings.getFirst()
                        + ") and there is no other one in the file: salvage what can be read");
            }
            List<String> olderFindings = findings(file, older);
            if (!olderFindings.isEmpty()) {
                throw new CorruptDataException(path, 0, "commit " + newest.txid() + " is damaged, and commit "
                        + older.txid() + " too (" + olderFindings.getFirst() + "): salvage what can be read");
            }
            Meta again = older.withTxid(newest.txid() + 1);
            // First over the damaged one, so that a whole record is left at each moment.
            writeMeta(file, metaPages.slot(), again);
            writeMeta(file, 1 - metaPages.slot(), again);
            LOG.log(
                    Level.WARNING,
                    "{0}: fell back from commit {1}, which is damaged, to commit {2}; what was changed since is lost",
                    path,
                    newest.txid(),
                    older.txid());
            return new FallBackReport(newest.txid(), older.txid(), again.txid(), findings);
        }
    }

    /// @throws MisuseException if the pages are of an earlier format version
    static void checkVersion(Path path, Meta meta) {
        if (meta.formatVersion() != MetaLayout.FORMAT_VERSION) {
            throw new MisuseException(path + " is of format version " + meta.formatVersion() + ", this build repairs only "
                    + MetaLayout.FORMAT_VERSION + ": open it for writing, which converts it, or use the build that wrote it");
        }
    }

    private static void writeMeta(StorageFile file, int slot, Meta meta) {
        file.write((long) slot * meta.pageSizeBytes(), meta.encode());
        file.sync();
    }

    /// What is wrong with a commit.
    private static List<String> findings(StorageFile file, Meta meta) {
        long needed = meta.highWaterMark() * meta.pageSizeBytes();
        if (file.sizeBytes() < needed) {
            return List.of("the file has " + file.sizeBytes() + " bytes, but commit " + meta.txid() + " uses " + needed);
        }
        try (PageFile pages = PageFile.borrowing(file, meta.pageSizeBytes())) {
            pages.mapTo(meta.highWaterMark());
            BTreeReadTx tx = new BTreeReadTx(pages, meta);
            return StoreCheck.run(tx, List.of()).findings();
        }
    }

    /// Writes all that can be read of a file, however damaged, into a new store: the newest commit as far as its tree
    /// leads, then pages that nothing leads to any more, then what earlier commits left of the keys that are missing.
    /// The file itself stays as it is.
    ///
    /// @throws MisuseException if the target exists
    /// @throws tenon.api.FileInUseException if the store is open
    /// @throws tenon.api.WrongFileException if not a single page of a store is found in it
    public static SalvageReport salvage(Platform platform, Path source, Path target) {
        FileSystem files = platform.files();
        if (files.exists(target)) {
            throw new MisuseException(target + " exists already");
        }
        try (SalvageSource from = SalvageSource.open(files, source)) {
            BTreeOptions options = BTreeOptions.DEFAULT
                    .withPageSizeBytes(from.file.pageSizeBytes)
                    .withMapSegmentSizeBytes(mapSegmentSizeBytes(from.pageCount * from.file.pageSizeBytes))
                    .withSyncMode(SyncMode.LOSE_STORE);
            boolean done = false;
            try (BTreeStore store = BTreeStore.open(platform, target, options)) {
                SalvageReport report;
                try (CopyTarget copy = new CopyTarget(store)) {
                    report = new Salvage(from, copy).run();
                }
                store.finishCopy(Math.max(0, report.txid()));
                done = true;
                return report;
            } finally {
                if (!done) {
                    files.delete(target);
                }
            }
        }
    }

    /// About as much as a new store made of another one may need.
    static long mapSegmentSizeBytes(long sourceBytes) {
        return Math.clamp(Long.highestOneBit(sourceBytes), 1L << 20, BTreeOptions.DEFAULT.mapSegmentSizeBytes());
    }
}
