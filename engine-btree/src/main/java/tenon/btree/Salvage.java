package tenon.btree;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tenon.api.ByteView;
import tenon.api.StorageException;
import tenon.btree.CopyTarget.BucketPath;
import tenon.btree.LostRange.Keys;

/// Copies what can be read of a damaged file: first all that the newest root leads to, and then for each range of keys
/// that it leads to no more, what is found of it elsewhere, the newest first. No key is written twice, so what is surer
/// comes first.
final class Salvage {
    private static final int FINDINGS_MAX = 1000;
    private static final byte[] LOST_AND_FOUND = "lost+found".getBytes(StandardCharsets.US_ASCII);

    private final SalvageSource source;
    private final BTreeReadTx tx;
    private final CopyTarget target;
    /// Pages that a walk of the newest commit came to.
    private final PageSet seen = new PageSet();
    private final List<LostRange> lost = new ArrayList<>();
    private final List<Orphan> orphans = new ArrayList<>();
    private final ByteView value = new ByteView();
    private long lostCount;
    private long damagedPageCount;
    private long bucketCount;
    private long keyCount;
    private long lostAndFoundKeyCount;

    /// Of the present walk: pages it came to, and whether what it misses is noted.
    private PageSet visited = seen;
    private boolean notesLoss = true;

    /// The highest page that is left of a tree.
    ///
    private record Orphan(long pageId, int level, long txid) {}

    Salvage(SalvageSource source, CopyTarget target) {
        this.source = source;
        this.tx = source.tx;
        this.target = target;
    }

    SalvageReport run() {
        SalvageSource.Commit newest = source.commits.isEmpty() ? null : source.commits.getFirst();
        if (newest != null) {
            walkTree(newest.rootPageId(), newest.rootTxid(), BucketPath.ROOT, 0, Keys.ALL);
        }
        notesLoss = false;
        findOrphans(newest);
        if (lostCount > 0 || newest == null) {
            findLevels();
            if (source.freelist != null) {
                copyOrphans();
            }
            copyOlderCommits();
            copyToLostAndFound(newest == null);
        }
        target.flush();
        return report(newest);
    }

    private SalvageReport report(SalvageSource.Commit newest) {
        long olderTxid = source.commits.size() > 1 ? source.commits.get(1).txid() : -1;
        List<String> findings = new ArrayList<>();
        lost.forEach(range -> findings.add(range.describe(olderTxid)));
        if (lostCount > lost.size()) {
            findings.add("and " + (lostCount - lost.size()) + " more ranges");
        }
        return new SalvageReport(
                newest == null ? -1 : newest.txid(),
                source.pageCount,
                damagedPageCount,
                bucketCount,
                keyCount,
                lost.stream().mapToLong(range -> range.orphanKeyCount).sum(),
                lost.stream().mapToLong(range -> range.olderKeyCount).sum(),
                lostAndFoundKeyCount,
                findings);
    }

    // ---- a tree

    private void lose(BucketPath path, Keys keys, int level, String finding) {
        if (notesLoss) {
            lostCount++;
            if (lost.size() < FINDINGS_MAX) {
                lost.add(new LostRange(path, keys, level, finding));
            }
        }
    }

    /// What is wrong with which page; not where the file lies, nor what to do.
    private static String messageOf(RuntimeException e) {
        if (!(e instanceof StorageException)) {
            return "it leads behind the end of the file";
        }
        String message = e.getMessage();
        int begin = message.indexOf(": page ");
        int end = message.indexOf("; restore");
        return begin < 0 || end < begin ? message : message.substring(begin + 2, end);
    }

    /// @param wanted keys of this bucket to copy; of those nested in it, all
    private void walkTree(long rootPageId, int rootTxid, BucketPath path, int depth, Keys wanted) {
        if (rootPageId == 0) {
            return;
        }
        PageView root = new PageView();
        try {
            tx.loadRoot(rootPageId, rootTxid, root);
        } catch (StorageException | IndexOutOfBoundsException e) {
            lose(path, Keys.ALL, LostRange.LEVEL_UNKNOWN, messageOf(e));
            return;
        }
        walkPage(root, path, depth, Keys.ALL, wanted);
    }

    /// @param bounds what the pages above say of its keys
    private void walkPage(PageView page, BucketPath path, int depth, Keys bounds, Keys wanted) {
        if (!visited.add(page.pageId)) {
            lose(path, bounds, page.level(), "page " + page.pageId + ": it is used twice");
            return;
        }
        int count = page.count();
        for (int i = 0; i < count; i++) {
            if (page.isLeaf()) {
                byte[] key = page.keyBytes(i);
                if (wanted.contains(key)) {
                    copyElement(page, i, key, path, depth);
                }
            } else {
                byte[] low = i == 0 ? bounds.low() : page.keyBytes(i);
                Keys below = new Keys(low, i + 1 < count ? page.keyBytes(i + 1) : bounds.high());
                if (below.overlaps(wanted)) {
                    walkChild(page, i, path, depth, below, wanted);
                }
            }
        }
    }

    private void walkChild(PageView page, int index, BucketPath path, int depth, Keys bounds, Keys wanted) {
        PageView child = new PageView();
        child.set(page);
        try {
            tx.loadChild(child, index);
        } catch (StorageException | IndexOutOfBoundsException e) {
            lose(path, bounds, page.level() - 1, messageOf(e));
            return;
        }
        walkPage(child, path, depth, bounds, wanted);
    }

    private void copyElement(PageView page, int index, byte[] key, BucketPath path, int depth) {
        if (page.flags(index) == PageLayout.FLAG_BUCKET) {
            copyBucket(page, index, new BucketPath(path, key), depth);
            return;
        }
        if (path.isRoot()) {
            lose(path, Keys.only(key), LostRange.LEVEL_VALUE, "it lies outside of all buckets");
            return;
        }
        try {
            PageView scratch = new PageView();
            tx.loadValue(page, index, scratch, value);
            if (page.flags(index) == PageLayout.FLAG_OVERFLOW) {
                for (long i = 0; i <= scratch.overflowCount(); i++) {
                    visited.add(page.reference(index) + i);
                }
            }
            keyCount += target.putIfAbsent(path, key, value) ? 1 : 0;
        } catch (StorageException | IndexOutOfBoundsException e) {
            lose(path, Keys.only(key), LostRange.LEVEL_VALUE, messageOf(e));
        }
    }

    private void copyBucket(PageView page, int index, BucketPath bucket, int depth) {
        boolean isNew = !target.hasBucket(bucket);
        if (depth >= PageLayout.BUCKET_DEPTH_MAX || isNew && !target.createBucketIfAbsent(bucket)) {
            String finding = depth >= PageLayout.BUCKET_DEPTH_MAX
                    ? "a bucket is nested deeper than " + PageLayout.BUCKET_DEPTH_MAX + " others"
                    : "the name of a bucket is that of a key too";
            lose(bucket.parent(), Keys.only(bucket.name()), LostRange.LEVEL_VALUE, finding);
            return;
        }
        if (isNew) {
            bucketCount++;
            target.setSequence(bucket, page.referenceSequence(index));
        }
        walkTree(page.reference(index), page.referenceTxid(index), bucket, depth + 1, Keys.ALL);
    }

    // ---- what no tree leads to

    /// Looks at all pages that the newest root does not lead to.
    private void findOrphans(SalvageSource.Commit newest) {
        PageView page = new PageView();
        for (long pageId = PageLayout.META_PAGE_COUNT; pageId < source.pageCount; pageId++) {
            if (seen.contains(pageId)) {
                continue;
            }
            boolean isFree = isFree(pageId);
            if (!source.load(pageId, page)) {
                damagedPageCount += isFree || source.freelist == null && !isWritten(page) ? 0 : 1;
            } else if (page.type() == PageLayout.TYPE_OVERFLOW) {
                pageId += page.overflowCount();
            } else if (SalvageSource.isTreePage(page) && !isFree && (lostCount > 0 || newest == null)) {
                orphans.add(new Orphan(pageId, page.level(), page.txid()));
            }
        }
        orphans.sort(Comparator.comparingInt(Orphan::level).thenComparingLong(Orphan::txid).reversed());
    }

    private boolean isFree(long pageId) {
        return source.freelist != null
                && (source.freelist.isUnused(pageId) || pageId >= source.freelist.highWaterMark());
    }

    /// Whether something other than zeros lies there.
    private static boolean isWritten(PageView page) {
        return page.type() != 0 || page.storedPageId() != 0;
    }

    /// Copies each orphan that can be the child of one of the pages only that are gone. An ambiguous one is left: a key
    /// in the wrong bucket is worse than a lost one. With a whole freelist every orphan belongs to the newest commit.
    private void copyOrphans() {
        visited = seen;
        for (Orphan orphan : orphans) {
            PageView page = new PageView();
            if (seen.contains(orphan.pageId()) || !source.load(orphan.pageId(), page)) {
                continue;
            }
            List<LostRange> ranges = findRanges(page);
            if (ranges.size() == 1) {
                LostRange range = ranges.getFirst();
                long before = keyCount;
                walkPage(page, range.path, depth(range.path), range.keys, range.keys);
                range.orphanKeyCount += keyCount - before;
            }
        }
    }

    private static int depth(BucketPath path) {
        int depth = 0;
        for (BucketPath at = path; !at.isRoot(); at = at.parent()) {
            depth++;
        }
        return depth;
    }

    /// Where a page may have its place.
    private List<LostRange> findRanges(PageView page) {
        byte[] first = edgeKey(page, false);
        byte[] last = edgeKey(page, true);
        if (first == null || last == null) {
            return List.of();
        }
        boolean onlyBuckets = !page.isLeaf() || holdsOnlyBuckets(page);
        return lost.stream()
                .filter(range -> range.mayHold(page.level(), first, last, onlyBuckets))
                .toList();
    }

    private static boolean holdsOnlyBuckets(PageView leaf) {
        for (int i = 0; i < leaf.count(); i++) {
            if (leaf.flags(i) != PageLayout.FLAG_BUCKET) {
                return false;
            }
        }
        return true;
    }

    /// The first or last key under a page; null if it cannot be found.
    private byte[] edgeKey(PageView page, boolean toLast) {
        PageView at = new PageView();
        at.set(page);
        try {
            while (!at.isLeaf()) {
                tx.loadChild(at, toLast ? at.count() - 1 : 0);
            }
            return at.keyBytes(toLast ? at.count() - 1 : 0);
        } catch (StorageException | IndexOutOfBoundsException e) {
            return page.count() > 1 ? page.keyBytes(toLast ? page.count() - 1 : 1) : null;
        }
    }

    // ---- earlier commits

    /// Where the root page of a bucket is gone, an earlier one tells how high its tree probably was.
    private void findLevels() {
        for (LostRange range : lost) {
            for (int i = 1; i < source.commits.size() && range.level == LostRange.LEVEL_UNKNOWN; i++) {
                PageView root = findRoot(source.commits.get(i), range.path);
                if (root != null) {
                    range.level = root.level();
                }
            }
        }
    }

    private void copyOlderCommits() {
        for (int i = 1; i < source.commits.size(); i++) {
            for (LostRange range : lost) {
                PageView root = findRoot(source.commits.get(i), range.path);
                if (root != null) {
                    visited = new PageSet();
                    long before = keyCount;
                    walkPage(root, range.path, depth(range.path), Keys.ALL, range.keys);
                    range.olderKeyCount += keyCount - before;
                    // What both commits hold was copied, and is no orphan any more.
                    visited.forEachRun((start, count) -> {
                        for (long pageId = start; pageId < start + count; pageId++) {
                            seen.add(pageId);
                        }
                    });
                }
            }
        }
    }

    /// The root page of a bucket as a commit has it; null if it has none that can be read.
    private PageView findRoot(SalvageSource.Commit commit, BucketPath path) {
        PageView page = new PageView();
        try {
            if (path.isRoot()) {
                if (commit.rootPageId() == 0) {
                    return null;
                }
                tx.loadRoot(commit.rootPageId(), commit.rootTxid(), page);
                return page;
            }
            PageView parent = findRoot(commit, path.parent());
            if (parent == null) {
                return null;
            }
            while (!parent.isLeaf()) {
                tx.loadChild(parent, parent.childIndex(path.name()));
            }
            int index = parent.search(path.name());
            boolean found = index >= 0 && parent.flags(index) == PageLayout.FLAG_BUCKET && parent.reference(index) != 0;
            if (found) {
                tx.loadRoot(parent.reference(index), parent.referenceTxid(index), page);
            }
            return found ? page : null;
        } catch (StorageException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    // ---- no place known

    /// @param all whether all orphans are to be kept, not only those that may be missing somewhere
    private void copyToLostAndFound(boolean all) {
        BucketPath bucket = new BucketPath(BucketPath.ROOT, LOST_AND_FOUND);
        visited = seen;
        for (Orphan orphan : orphans) {
            PageView page = new PageView();
            if (seen.contains(orphan.pageId()) || !source.load(orphan.pageId(), page)) {
                continue;
            }
            BucketPath own = new BucketPath(bucket, ("page-" + orphan.pageId()).getBytes(StandardCharsets.US_ASCII));
            boolean keeps = all || source.freelist != null || !findRanges(page).isEmpty();
            if (keeps && target.createBucketIfAbsent(bucket) && target.createBucketIfAbsent(own)) {
                long before = keyCount;
                walkPage(page, own, 2, Keys.ALL, Keys.ALL);
                lostAndFoundKeyCount += keyCount - before;
            }
        }
    }
}
