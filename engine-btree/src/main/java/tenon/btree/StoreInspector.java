package tenon.btree;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tenon.api.CheckReport;
import tenon.api.CorruptDataException;
import tenon.api.FileSystem;
import tenon.api.MisuseException;
import tenon.api.OpenMode;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.StoreStats;

/// Looks into a store file that nobody writes: what the page tools of the command line are made of. Opening needs
/// whole meta pages; everything else is shown as far as it goes, damaged or not. One thread at a time.
public final class StoreInspector implements AutoCloseable {
    private final StoreOpener.Opened opened;
    private final BTreeReadTx tx;

    private StoreInspector(StoreOpener.Opened opened) {
        this.opened = opened;
        Meta meta = opened.metaPages().meta();
        this.tx = new BTreeReadTx(opened.file(), meta);
    }

    /// Opens a file with a shared lock.
    ///
    /// @throws tenon.api.FileInUseException if a writer has it
    /// @throws tenon.api.WrongFileException if it is no store
    /// @throws tenon.api.FormatTooNewException if a later version wrote it
    /// @throws CorruptDataException if both meta pages are damaged, or the file is shorter than they say
    public static StoreInspector open(Platform platform, Path path) {
        BTreeOptions options = BTreeOptions.DEFAULT.withReadOnly(true);
        return new StoreInspector(StoreOpener.openFile(platform.files(), path, options, OpenMode.READ, 0));
    }

    /// Writes the live data of a store into a new file, in full pages and without free ones.
    ///
    /// @throws tenon.api.StorageIoException if the target exists
    public static void compact(Platform platform, Path source, Path target) {
        FileSystem files = platform.files();
        if (files.exists(target)) {
            throw new MisuseException(target + " exists already");
        }
        try (StoreInspector inspector = open(platform, source)) {
            BTreeOptions options = BTreeOptions.DEFAULT
                    .withPageSizeBytes(inspector.tx.file.pageSizeBytes)
                    .withMapSegmentSizeBytes(StoreRepair.mapSegmentSizeBytes(inspector.tx.file.file.sizeBytes()))
                    .withSyncMode(SyncMode.LOSE_STORE);
            inspector.tx.setVerifiesAlways(true);
            boolean done = false;
            try (BTreeStore store = BTreeStore.open(platform, target, options)) {
                try (CopyTarget copy = new CopyTarget(store)) {
                    new Compaction(copy).copyAll(inspector.tx);
                }
                store.finishCopy(inspector.tx.txid());
                done = true;
            } finally {
                if (!done) {
                    files.delete(target);
                }
            }
        }
    }

    /// The last commit, to read buckets and keys. It ends with this inspector.
    public ReadTx tx() {
        return tx;
    }

    public CheckReport check() {
        return StoreCheck.run(tx, StoreCheck.checkMetaPages(tx.file));
    }

    public StoreStats stats() {
        Meta meta = tx.meta;
        return new StoreStats(
                meta.txid(),
                meta.pageSizeBytes(),
                tx.file.file.sizeBytes(),
                meta.highWaterMark(),
                meta.freePageCount(),
                0,
                0,
                meta.txid(),
                0,
                0,
                0);
    }

    public int formatVersion() {
        return tx.meta.formatVersion();
    }

    /// All buckets, parents before their children.
    public List<BucketInfo> buckets() {
        List<BucketInfo> found = new ArrayList<>();
        collectBuckets(tx.root(), List.of(), new PageSet(), found);
        return found;
    }

    private static void collectBuckets(
            BTreeBucket parent, List<byte[]> path, PageSet roots, List<BucketInfo> found) {
        BTreeCursor cursor = parent.cursor();
        while (cursor.next()) {
            if (cursor.isBucket()) {
                byte[] name = cursor.key().toByteArray();
                BTreeBucket bucket = (BTreeBucket) parent.findBucket(name).orElseThrow();
                bucket.checkRootIsNew(roots);
                List<byte[]> bucketPath = new ArrayList<>(path);
                bucketPath.add(name);
                found.add(new BucketInfo(bucketPath, bucket.sequence(), bucket.stats()));
                collectBuckets(bucket, bucketPath, roots, found);
            }
        }
    }

    /// All pages up to the high water mark in order, without those that follow an overflow page and belong to it.
    public void forEachPage(Consumer<PageInfo> action) {
        Freelist freelist = findFreelist();
        long end = tx.meta.highWaterMark();
        for (long pageId = 0; pageId < end; ) {
            PageInfo info = freelist.isUnused(pageId) ? free(pageId) : page(pageId);
            action.accept(info);
            pageId += 1L + info.overflowCount();
        }
    }

    private Freelist findFreelist() {
        try {
            return FreelistReader.read(tx.meta, tx.file);
        } catch (CorruptDataException e) {
            return new Freelist(tx.meta.highWaterMark(), tx.file.segmentPages());
        }
    }

    private static PageInfo free(long pageId) {
        return new PageInfo(pageId, PageType.FREE, 0, 0, 0, 0, 0, "");
    }

    private PageInfo page(long pageId) {
        if (pageId < PageLayout.META_PAGE_COUNT) {
            return metaPage(pageId);
        }
        PageView page = new PageView();
        try {
            tx.file.verify(pageId, page);
        } catch (CorruptDataException e) {
            return new PageInfo(pageId, PageType.DAMAGED, 0, 0, 0, 0, 0, e.getMessage());
        }
        PageType type = PageType.of(page.type());
        long usedBytes = PageLayout.HEADER_BYTES
                + switch (type) {
                    case OVERFLOW -> page.overflowValueLength();
                    case FREELIST -> FreelistLayout.ENTRIES_OFFSET - PageLayout.HEADER_BYTES + (long) page.count() * FreelistLayout.ENTRY_BYTES;
                    default -> page.liveBytes(tx.file.pageSizeBytes);
                };
        return new PageInfo(
                pageId, type, page.level(), page.count(), usedBytes, page.overflowCount(), page.txid(), "");
    }

    private PageInfo metaPage(long pageId) {
        String prefix = "page " + pageId + ":";
        String finding = String.join(
                "; ",
                opened.metaPages().findings().stream()
                        .filter(line -> line.startsWith(prefix))
                        .toList());
        Meta meta = opened.metaPages().of((int) pageId);
        PageType type = meta == null ? PageType.DAMAGED : PageType.META;
        long usedBytes = (long) MetaLayout.COPY_COUNT * MetaLayout.RECORD_BYTES;
        return new PageInfo(
                pageId, type, 0, MetaLayout.COPY_COUNT, usedBytes, 0, meta == null ? 0 : meta.txid(), finding);
    }

    /// A page in full. A free page is shown as what its bytes still say.
    ///
    /// @throws MisuseException if there is no such page
    public PageDump dump(long pageId) {
        if (pageId < 0 || pageId >= tx.meta.highWaterMark()) {
            throw new MisuseException("there are pages 0 to " + (tx.meta.highWaterMark() - 1) + ", not " + pageId);
        }
        PageInfo info = page(pageId);
        return PageDumper.dump(tx.file, info, opened.metaPages());
    }

    @Override
    public void close() {
        tx.close();
        opened.file().close();
    }
}
