package tenon.btree;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import tenon.api.Clock;
import tenon.api.CorruptDataException;
import tenon.api.FileInUseException;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.Platform;
import tenon.api.StorageFile;

/// Opens and creates store files.
final class StoreOpener {
    private static final System.Logger LOG = System.getLogger("tenon.btree");

    private static final long LOCK_PAUSE_NS_MIN = 1_000_000;
    private static final long LOCK_PAUSE_NS_MAX = 50_000_000;

    /// Each chunk is touched as a whole when it is made.
    private static final long ANONYMOUS_CHUNK_BYTES_MAX = 16 << 20;

    private StoreOpener() {}

    static BTreeStore open(Platform platform, Path path, BTreeOptions options) {
        FileSystem files = platform.files();
        Path leftover = Defragmentation.pathBeside(path);
        StoreState state = openWaiting(platform, path, options);
        if (!options.readOnly() && files.exists(leftover)) {
            files.delete(leftover);
        }
        return new BTreeStore(platform, path, options, state);
    }

    /// Tries again and again until nobody else has the file open, or for so long as the options say.
    private static StoreState openWaiting(Platform platform, Path path, BTreeOptions options) {
        OpenMode mode = options.readOnly() ? OpenMode.READ : OpenMode.CREATE;
        long startNs = platform.clock().monotonicNs();
        for (long pauseNs = LOCK_PAUSE_NS_MIN; ; pauseNs = Math.min(2 * pauseNs, LOCK_PAUSE_NS_MAX)) {
            try {
                return openState(platform.files(), path, options, mode, 0);
            } catch (FileInUseException e) {
                long leftNs = options.lockTimeoutNs() - (platform.clock().monotonicNs() - startNs);
                if (leftNs <= 0 || !pause(platform.clock(), Math.min(pauseNs, leftNs))) {
                    throw e;
                }
            }
        }
    }

    /// @return false if the thread was interrupted
    private static boolean pause(Clock clock, long durationNs) {
        CountDownLatch over = new CountDownLatch(1);
        Clock.Timer timer = clock.after(durationNs, over::countDown);
        try {
            over.await();
            return true;
        } catch (InterruptedException e) {
            timer.cancel();
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// A locked and mapped file.
    record Opened(PageFile file, MetaPages metaPages) {}

    static StoreState openState(FileSystem files, Path path, BTreeOptions options, OpenMode mode, long firstTxid) {
        Opened opened = openFile(files, path, options, mode, firstTxid);
        try {
            return new StoreState(opened.file(), opened.metaPages(), options);
        } catch (RuntimeException | Error e) {
            opened.file().close();
            throw e;
        }
    }

    /// @param firstTxid of the store if it has to be created
    static Opened openFile(FileSystem files, Path path, BTreeOptions options, OpenMode mode, long firstTxid) {
        StorageFile file = files.open(path, mode);
        try {
            file.lock(!options.readOnly());
            MetaPages metaPages = MetaPages.read(file);
            boolean isNew = metaPages == null;
            if (isNew) {
                if (options.readOnly()) {
                    throw new CorruptDataException(path, 0, "it is empty: no store was ever written to it");
                }
                create(file, options, firstTxid);
                syncParent(files, path);
                metaPages = MetaPages.read(file);
                if (metaPages == null) {
                    throw new CorruptDataException(path, 0, "the medium did not keep the meta pages written to it");
                }
            }
            metaPages.findings().forEach(finding -> LOG.log(Level.WARNING, "{0}: {1}", path, finding));
            if (!isNew && !options.readOnly()) {
                metaPages = makeDurable(file, metaPages);
                syncParent(files, path);
            }
            if (metaPages.meta().formatVersion() < MetaLayout.FORMAT_VERSION) {
                FormatConversion.run(files, file, metaPages.meta(), options);
                file.close();
                return openFile(files, path, options, mode, firstTxid);
            }
            return new Opened(map(file, metaPages, options), metaPages);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /// What was read may be in memory only: from there a process reads what another one had no time to sync, or failed
    /// to. After a sync that failed, another one says nothing of what was written before, so that is written again.
    private static MetaPages makeDurable(StorageFile file, MetaPages metaPages) {
        metaPages.pages().rewrite(file, metaPages.meta());
        rewriteEnd(file);
        file.sync();
        if (metaPages.findings().isEmpty()) {
            metaPages.meta().settle(file, metaPages.slot());
        } else {
            mend(file, metaPages);
        }
        return metaPages.settled();
    }

    /// The file keeps its size.
    private static void rewriteEnd(StorageFile file) {
        long position = Math.max(0, file.sizeBytes() - MetaLayout.RECORD_BYTES);
        ByteBuffer end = ByteBuffer.allocate(MetaLayout.RECORD_BYTES);
        file.read(position, end);
        file.write(position, end.flip());
    }

    /// Writes whole meta pages where a crash left a torn one; the good one last.
    private static void mend(StorageFile file, MetaPages metaPages) {
        Meta meta = metaPages.meta();
        file.write((1L - metaPages.slot()) * meta.pageSizeBytes(), meta.encode());
        file.sync();
        file.write((long) metaPages.slot() * meta.pageSizeBytes(), meta.encode());
        file.sync();
    }

    private static PageFile map(StorageFile file, MetaPages metaPages, BTreeOptions options) {
        Meta meta = metaPages.meta();
        long needed = meta.highWaterMark() * meta.pageSizeBytes();
        long size = file.sizeBytes();
        if (size < needed) {
            throw new CorruptDataException(
                    file.path(),
                    size,
                    "the file ends here, but its last commit uses " + needed
                            + " bytes; restore from a copy, or see tenon db fallback and salvage");
        }
        PageFile pageFile = new PageFile(file, meta.pageSizeBytes(), options.mapSegmentSizeBytes(), !options.readOnly());
        try {
            pageFile.mapTo(meta.highWaterMark());
            if (options.prefault()) {
                pageFile.prefault();
            }
            return pageFile;
        } catch (RuntimeException | Error e) {
            pageFile.close();
            throw e;
        }
    }

    /// Writes two commits of an empty store. A crash on the way leaves zeros, or a whole record.
    private static void create(StorageFile file, BTreeOptions options, long firstTxid) {
        Meta first = Meta.empty(options.pageSizeBytes(), firstTxid);
        Meta second = Meta.empty(options.pageSizeBytes(), firstTxid + 1);
        file.write(0, first.encode(), second.encode());
        file.sync();
    }

    static void syncParent(FileSystem files, Path path) {
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            files.syncDirectory(parent);
        }
    }

    static BTreeStore inMemory(BTreeOptions options) {
        long chunkBytes = Math.min(options.mapSegmentSizeBytes(), ANONYMOUS_CHUNK_BYTES_MAX);
        Platform platform = Platform.system().withFiles(new AnonymousFiles(chunkBytes));
        BTreeOptions relaxed = options.withSyncMode(SyncMode.LOSE_STORE)
                .withReadOnly(false)
                .withMapSegmentSizeBytes(chunkBytes);
        return open(platform, Path.of("anonymous-memory"), relaxed);
    }
}
