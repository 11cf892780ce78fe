package tenon.btree;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which pages may be used again, and when. A pure state machine: no memory, no disk.
///
/// A page freed by transaction N is *pending* until no reader sees a commit before N and commit N is not the newest
/// one, so that the commits of both meta pages are whole at any time. Then it is *free*.
///
/// Invariants: no page is in two of the sets, all are below the high water mark; `taken` was free when the
/// transaction began and is not now, `added` is free now and was not then.
final class Freelist {
    private final long segmentPages;
    private final ExtentSet free = new ExtentSet();
    private final TreeMap<Long, ExtentSet> pending = new TreeMap<>();
    /// Pages that hold the freelist itself, oldest first.
    private final List<Link> chain = new ArrayList<>();
    private long highWaterMark;

    private final ExtentSet taken = new ExtentSet();
    private final ExtentSet added = new ExtentSet();
    private long txid;
    private long highWaterMarkBefore;
    private int chainCountBefore;
    private List<Link> chainBefore = List.of();

    /// A page of the freelist, with the lower bits of its txid.
    record Link(long pageId, int txid) {
        static final Link NONE = new Link(0, 0);
    }

    Freelist(long highWaterMark, long segmentPages) {
        this.highWaterMark = highWaterMark;
        this.segmentPages = segmentPages;
    }

    long highWaterMark() {
        return highWaterMark;
    }

    long freePageCount() {
        return free.pageCount();
    }

    long pendingPageCount() {
        long count = 0;
        for (ExtentSet extents : pending.values()) {
            count += extents.pageCount();
        }
        return count;
    }

    ExtentSet free() {
        return free;
    }

    ExtentSet taken() {
        return taken;
    }

    ExtentSet added() {
        return added;
    }

    /// What the present transaction freed.
    ExtentSet freed() {
        return freed(txid);
    }

    /// What a transaction freed that may still be seen.
    ExtentSet freed(long freeingTxid) {
        return pending.computeIfAbsent(freeingTxid, id -> new ExtentSet());
    }

    /// What earlier transactions freed and a reader may still see.
    List<ExtentSet> freedBefore() {
        return List.copyOf(pending.headMap(txid).values());
    }

    List<Link> chain() {
        return chain;
    }

    /// Begins a transaction.
    ///
    /// @param releasedTxid what this transaction and earlier ones freed may be reused
    void begin(long txid, long releasedTxid) {
        this.txid = txid;
        highWaterMarkBefore = highWaterMark;
        chainBefore = List.of();
        chainCountBefore = chain.size();
        Map<Long, ExtentSet> released = pending.headMap(releasedTxid, true);
        released.values().forEach(free::addAll);
        released.clear();
    }

    /// @return the first of `count` pages in a row
    long allocate(int count) {
        long start = free.take(count, segmentPages);
        if (start >= 0) {
            for (long page = start; page < start + count; page++) {
                if (!added.remove(page, 1)) {
                    taken.add(page, 1);
                }
            }
            return start;
        }
        start = ExtentSet.fit(highWaterMark, count, segmentPages);
        if (start > highWaterMark) {
            giveBack(highWaterMark, start - highWaterMark);
        }
        highWaterMark = start + count;
        return start;
    }

    /// Gives back pages that this transaction allocated.
    void giveBack(long start, long count) {
        boolean isFree = free.add(start, count);
        assert isFree : "page " + start + " was free already";
        for (long page = start; page < start + count; page++) {
            if (!taken.remove(page, 1)) {
                added.add(page, 1);
            }
        }
    }

    /// Frees pages of an earlier commit.
    ///
    /// @return whether they were in use; if not, the tree and the freelist of the file contradict each other
    boolean free(long start, long count) {
        return !free.contains(start) && freed().add(start, count);
    }

    /// The freelist starts anew: the pages it is written on are freed.
    void restartChain() {
        chainBefore = List.copyOf(chain);
        for (Link link : chain) {
            boolean wasUsed = free(link.pageId(), 1);
            assert wasUsed : "freelist page " + link.pageId() + " is free";
        }
        chain.clear();
    }

    /// The changes stand.
    void commit() {
        taken.clear();
        added.clear();
        if (pending.containsKey(txid) && pending.get(txid).isEmpty()) {
            pending.remove(txid);
        }
    }

    /// As if the transaction had not been.
    void rollback() {
        free.removeAll(added);
        free.addAll(taken);
        taken.clear();
        added.clear();
        pending.remove(txid);
        highWaterMark = highWaterMarkBefore;
        if (chainBefore.isEmpty()) {
            chain.subList(chainCountBefore, chain.size()).clear();
        } else {
            chain.clear();
            chain.addAll(chainBefore);
        }
    }
}
