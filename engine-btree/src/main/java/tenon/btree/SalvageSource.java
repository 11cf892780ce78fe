package tenon.btree;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import tenon.api.CorruptDataException;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.StorageException;
import tenon.api.StorageFile;
import tenon.api.WrongFileException;

/// A file of which nothing is believed: a page counts that has its own id and its own checksum, wherever it came from.
final class SalvageSource implements AutoCloseable {
    /// So many pages are looked at to find the size of a page.
    private static final int PROBED_PAGE_COUNT_MAX = 100_000;
    private static final int ROOT_CANDIDATE_COUNT_MAX = 8;

    final PageFile file;
    /// Pages that lie in the file as a whole.
    final long pageCount;
    /// The newest one first.
    final List<Commit> commits;
    /// That of the newest commit; null if it cannot be read.
    final Freelist freelist;
    /// Verifies each page each time.
    final BTreeReadTx tx;

    private final StorageFile storage;

    /// A commit to read.
    record Commit(long txid, long rootPageId, int rootTxid) {}

    private SalvageSource(StorageFile storage, MetaPages metaPages, int pageSizeBytes) {
        this.storage = storage;
        this.file = PageFile.borrowing(storage, pageSizeBytes);
        this.pageCount = storage.sizeBytes() / pageSizeBytes;
        file.mapAll(pageCount);
        Meta none = Meta.empty(pageSizeBytes, 0);
        this.tx = new BTreeReadTx(file, none);
        tx.setVerifiesAlways(true);
        this.freelist = metaPages == null ? null : findFreelist(metaPages.meta());
        this.commits = metaPages == null ? commitsByRoots() : commits(metaPages);
    }

    static SalvageSource open(FileSystem files, Path path) {
        StorageFile storage = files.open(path, OpenMode.READ);
        try {
            storage.lock(false);
            MetaPages metaPages = findMetaPages(storage);
            if (metaPages != null) {
                StoreRepair.checkVersion(path, metaPages.meta());
            }
            int pageSizeBytes = metaPages == null ? probePageSize(storage) : metaPages.meta().pageSizeBytes();
            return new SalvageSource(storage, metaPages, pageSizeBytes);
        } catch (RuntimeException | Error e) {
            storage.close();
            throw e;
        }
    }

    private static MetaPages findMetaPages(StorageFile storage) {
        try {
            return MetaPages.read(storage);
        } catch (CorruptDataException | WrongFileException e) {
            return null;
        }
    }

    /// The size for which the most bytes are whole pages that have the right ids.
    private static int probePageSize(StorageFile storage) {
        int found = 0;
        long mostBytes = 0;
        for (int size = PageLayout.PAGE_SIZE_MIN; size <= PageLayout.PAGE_SIZE_MAX; size *= 2) {
            ByteBuffer page = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
            long end = Math.min(storage.sizeBytes() / size, PROBED_PAGE_COUNT_MAX);
            long bytes = 0;
            for (long pageId = PageLayout.META_PAGE_COUNT; pageId < end; pageId++) {
                bytes += isPage(storage, pageId, page.clear()) ? size : 0;
            }
            if (bytes > mostBytes) {
                found = size;
                mostBytes = bytes;
            }
        }
        if (found == 0) {
            throw new WrongFileException(storage.path(), "not one page of a store is to be found in it");
        }
        return found;
    }

    /// Overflow pages with others behind them do not count: those alone say nothing.
    private static boolean isPage(StorageFile storage, long pageId, ByteBuffer page) {
        int length = storage.read(pageId * page.capacity(), page);
        if (length < page.capacity() || page.getLong(PageLayout.PAGE_ID_OFFSET) != pageId) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(page.array(), PageLayout.TYPE_OFFSET, page.capacity() - PageLayout.TYPE_OFFSET);
        return (int) crc.getValue() == page.getInt(PageLayout.CRC_OFFSET);
    }

    private Freelist findFreelist(Meta meta) {
        try {
            return meta.highWaterMark() <= 8 * pageCount ? FreelistReader.read(meta, file) : null;
        } catch (StorageException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    private static List<Commit> commits(MetaPages metaPages) {
        List<Commit> commits = new ArrayList<>();
        commits.add(commit(metaPages.meta()));
        if (metaPages.other() != null && metaPages.other().txid() != metaPages.meta().txid()) {
            commits.add(commit(metaPages.other()));
        }
        return commits;
    }

    private static Commit commit(Meta meta) {
        return new Commit(meta.txid(), meta.rootPageId(), meta.rootTxid());
    }

    /// Points the view at a page.
    ///
    /// @return whether it is whole
    boolean load(long pageId, PageView into) {
        try {
            file.verify(pageId, into);
            return true;
        } catch (StorageException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    static boolean isTreePage(PageView page) {
        return page.type() == PageLayout.TYPE_LEAF || page.type() == PageLayout.TYPE_BRANCH;
    }

    /// Without meta pages: a commit writes the root of all buckets anew, so the newest such page that nothing refers to
    /// is a root, and the next one that of the commit before it.
    private List<Commit> commitsByRoots() {
        PageSet referenced = new PageSet();
        List<Commit> roots = new ArrayList<>();
        PageView page = new PageView();
        for (long pageId = PageLayout.META_PAGE_COUNT; pageId < pageCount; pageId++) {
            if (load(pageId, page) && isTreePage(page)) {
                addReferences(page, referenced);
                if (holdsOnlyBuckets(page)) {
                    roots.add(new Commit(page.txid(), pageId, (int) page.txid()));
                }
            }
        }
        roots.removeIf(root -> referenced.contains(root.rootPageId()));
        roots.sort(Comparator.comparingLong(Commit::txid).reversed());
        return biggest(roots.subList(0, Math.min(roots.size(), ROOT_CANDIDATE_COUNT_MAX)));
    }

    private void addReferences(PageView page, PageSet to) {
        PageView target = new PageView();
        for (int i = 0; i < page.count(); i++) {
            try {
                target.set(page);
                if (!page.isLeaf()) {
                    tx.loadChild(target, i);
                    to.add(target.pageId);
                } else if (page.flags(i) == PageLayout.FLAG_BUCKET && page.reference(i) != 0) {
                    tx.loadRoot(page.reference(i), page.referenceTxid(i), target);
                    to.add(target.pageId);
                }
            } catch (StorageException | IndexOutOfBoundsException e) {
                // It leads nowhere.
            }
        }
    }

    private boolean holdsOnlyBuckets(PageView page) {
        PageView leaf = new PageView();
        leaf.set(page);
        try {
            while (!leaf.isLeaf()) {
                tx.loadChild(leaf, 0);
            }
        } catch (StorageException | IndexOutOfBoundsException e) {
            return false;
        }
        for (int i = 0; i < leaf.count(); i++) {
            if (leaf.flags(i) != PageLayout.FLAG_BUCKET) {
                return false;
            }
        }
        return true;
    }

    /// What is left of a bucket that holds nothing but buckets looks like a root, but leads to less.
    private List<Commit> biggest(List<Commit> roots) {
        long most = 0;
        List<Long> sizes = new ArrayList<>();
        for (Commit root : roots) {
            PageSet reached = new PageSet();
            reach(root.rootPageId(), root.rootTxid(), reached, 0);
            sizes.add(reached.pageCount());
            most = Math.max(most, reached.pageCount());
        }
        List<Commit> kept = new ArrayList<>();
        for (int i = 0; i < roots.size(); i++) {
            if (sizes.get(i) * 2 >= most) {
                kept.add(roots.get(i));
            }
        }
        return kept;
    }

    private void reach(long rootPageId, int rootTxid, PageSet reached, int depth) {
        PageView root = new PageView();
        try {
            tx.loadRoot(rootPageId, rootTxid, root);
            reach(root, reached, depth);
        } catch (StorageException | IndexOutOfBoundsException e) {
            // Then it is no part of it.
        }
    }

    private void reach(PageView page, PageSet reached, int depth) {
        if (depth > PageLayout.BUCKET_DEPTH_MAX || !reached.add(page.pageId)) {
            return;
        }
        for (int i = 0; i < page.count(); i++) {
            if (page.isLeaf() && page.flags(i) == PageLayout.FLAG_BUCKET && page.reference(i) != 0) {
                reach(page.reference(i), page.referenceTxid(i), reached, depth + 1);
            } else if (!page.isLeaf()) {
                PageView child = new PageView();
                child.set(page);
                try {
                    tx.loadChild(child, i);
                    reach(child, reached, depth);
                } catch (StorageException | IndexOutOfBoundsException e) {
                    // Then it is no part of it.
                }
            }
        }
    }

    @Override
    public void close() {
        file.close();
        storage.close();
    }
}
