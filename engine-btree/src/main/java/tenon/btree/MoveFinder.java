package tenon.btree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Looks for pages of the trees that lie behind a target, as a reader: a walk over all buckets in the order of their
/// keys that can be left and resumed, in another commit, too.
final class MoveFinder {
    private static final byte[] NO_KEY = {};
    /// A search ends after so many leaf pages, so that it never pins a commit for long.
    private static final int VISIT_COUNT_MAX = 1 << 14;
    /// Buckets nested deeper stay where they are; a damaged tree might lead back to itself.
    private static final int DEPTH_MAX = 200;

    private final BTreeReadTx tx;
    private final long target;
    private final int pageCountMax;
    private final List<byte[]> resume;

    private final List<Move> moves = new ArrayList<>();
    private final Set<Long> counted = new HashSet<>();
    private final List<byte[]> names = new ArrayList<>();
    private List<byte[]> place = List.of();
    private long foundPageCount;
    private int visitCount;

    /// Where pages to move are: on the path to a key of a bucket, or values in the leaf that it leads to.
    record Move(List<byte[]> bucketNames, byte[] key) {}

    /// @param target pages of this id and above are to move
    /// @param resume the [#place] where the search before ended, empty to begin
    MoveFinder(BTreeReadTx tx, long target, int pageCountMax, List<byte[]> resume) {
        this.tx = tx;
        this.target = target;
        this.pageCountMax = pageCountMax;
        this.resume = resume;
    }

    List<Move> moves() {
        return moves;
    }

    /// Where to go on: names of buckets, and a key of the last of them.
    List<byte[]> place() {
        return place;
    }

    /// @return whether the end was reached
    boolean find() {
        try {
            return walk(tx.meta.rootPageId(), tx.meta.rootTxid(), !resume.isEmpty());
        } catch (IllegalStateException | InternalError e) {
            throw tx.onFault(e);
        }
    }

    /// @param resumes whether the place where the search before ended lies in this bucket
    /// @return false if the search is over before the bucket is
    private boolean walk(long rootPageId, int rootTxid, boolean resumes) {
        int depth = names.size();
        if (rootPageId == 0 || depth > DEPTH_MAX) {
            return true;
        }
        TreePath path = new TreePath(tx);
        byte[] key = resumes ? resume.get(depth) : NO_KEY;
        boolean resumesBelow = resumes && depth + 1 < resume.size();
        while (true) {
            path.descend(rootPageId, rootTxid, key);
            visitCount++;
            look(path, key);
            if (!walkBuckets(path, key, resumesBelow)) {
                return false;
            }
            resumesBelow = false;
            byte[] next = path.nextKey();
            if (next == null) {
                return true;
            }
            if (Arrays.compareUnsigned(key, next) >= 0) {
                throw tx.file.corrupt(path.page(0).pageId, "the keys above it do not ascend");
            }
            key = next;
            if (isEnough()) {
                stopAt(key);
                return false;
            }
        }
    }

    private boolean isEnough() {
        return foundPageCount >= pageCountMax || visitCount >= VISIT_COUNT_MAX;
    }

    private void stopAt(byte[] key) {
        place = new ArrayList<>(names);
        place.add(key);
    }

    /// Walks the nested buckets in a leaf, from this key on.
    private boolean walkBuckets(TreePath path, byte[] from, boolean resumes) {
        PageView leaf = path.page(0);
        int found = from.length == 0 ? 0 : leaf.search(from);
        for (int i = found < 0 ? -(found + 1) : found; i < leaf.count(); i++) {
            if (leaf.flags(i) == PageLayout.FLAG_BUCKET) {
                // Never where the search began: each one gets further.
                if (i != found && isEnough()) {
                    stopAt(leaf.keyBytes(i));
                    return false;
                }
                names.add(leaf.keyBytes(i));
                if (!walk(leaf.reference(i), leaf.referenceTxid(i), resumes && i == found)) {
                    return false;
                }
                names.removeLast();
            }
        }
        return true;
    }

    private void look(TreePath path, byte[] key) {
        long before = foundPageCount;
        for (int level = path.rootLevel(); level >= 0; level--) {
            long pageId = path.page(level).pageId;
            foundPageCount += pageId >= target && counted.add(pageId) ? 1 : 0;
        }
        PageView leaf = path.page(0);
        for (int i = 0; i < leaf.count(); i++) {
            if (leaf.flags(i) == PageLayout.FLAG_OVERFLOW) {
                int pageCount = PageLayout.overflowPageCount(tx.file.pageSizeBytes, leaf.referenceLength(i));
                boolean moves = pageCount <= pageCountMax && leaf.reference(i) + pageCount > target;
                foundPageCount += moves ? pageCount : 0;
            }
        }
        if (foundPageCount > before) {
            moves.add(new Move(List.copyOf(names), key));
        }
    }
}
