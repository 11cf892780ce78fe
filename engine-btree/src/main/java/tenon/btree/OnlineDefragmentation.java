package tenon.btree;

import java.util.ArrayList;
import java.util.List;
import tenon.api.Clock;
import tenon.api.DefragmentStep;
import tenon.api.DefragmentStep.Outcome;

/// Moves pages from the end of the file to its front, a few at a time. A *pass* is a walk over all trees that moves what
/// lies behind its target: about where the file would end if it had no free pages. Each step looks for pages to move as
/// a reader, then moves them in a write transaction. What a pass has freed takes a few commits more to be given back.
/// Called by one thread at a time, which keeps the file from being replaced.
final class OnlineDefragmentation {
    private static final long NO_PASS = Long.MAX_VALUE;
    /// Pages that stay free on purpose, beside this part of those in use.
    private static final int SLACK_PAGES_MIN = 24;
    private static final int SLACK_DIVISOR = 128;
    /// A step needs room for pages above those that it moves, and for the freelist.
    private static final int RESERVED_PAGES = 8;
    /// So many commits of nothing else until what was freed is free, the high water mark is lowered and told by both meta
    /// pages, and the file is cut.
    private static final int LAST_COMMITS = 5;

    private final BTreeStore store;
    private final Clock clock;

    private StoreState state;
    private long target = NO_PASS;
    private List<byte[]> place = List.of();
    private long movedInPass;
    private int lastCommits;

    OnlineDefragmentation(BTreeStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /// What the search found.
    ///
    /// @param place where the next one goes on, empty if this one reached the end
    private record Found(List<MoveFinder.Move> moves, List<byte[]> place) {}

    DefragmentStep step(int pageCountMax, PauseHistogram pauses) {
        Found found;
        if (state != store.unsafeState()) {
            // Another file has the name since the pass began.
            state = store.unsafeState();
            target = NO_PASS;
        }
        try (BTreeReadTx tx = store.pin()) {
            if (target == NO_PASS && !beginPass(tx.meta)) {
                return new DefragmentStep(Outcome.DONE, 0, tx.file.file.sizeBytes(), 0);
            }
            // Anew in each step: commits go on, and the freelist grows at first.
            target = targetOf(tx.meta);
            MoveFinder finder = new MoveFinder(tx, target, pageCountMax, place);
            boolean isEnd = finder.find();
            found = new Found(finder.moves(), isEnd ? List.of() : finder.place());
        }
        try (BTreeWriteTx tx = store.beginWrite()) {
            long beginNs = clock.monotonicNs();
            PageMover mover = new PageMover(tx, state.freelist.free(), target, pageCountMax);
            Outcome outcome = move(tx, found, mover, pageCountMax);
            tx.commitDefragmentation(target, found.moves().isEmpty());
            if (outcome == Outcome.DONE) {
                target = NO_PASS;
            }
            if (lastCommits > 0 && store.options().syncMode() == SyncMode.LOSE_COMMITS_SINCE_SYNC) {
                // Until then the commits in the meta pages hold what was freed.
                store.sync();
            }
            long pauseNs = clock.monotonicNs() - beginNs;
            pauses.record(pauseNs);
            return new DefragmentStep(outcome, mover.movedPageCount(), tx.file.file.sizeBytes(), pauseNs);
        }
    }

    /// @return false if there is nothing to gain
    private boolean beginPass(Meta meta) {
        if (meta.highWaterMark() <= targetOf(meta) + slack(meta)) {
            return false;
        }
        place = List.of();
        movedInPass = 0;
        lastCommits = 0;
        return true;
    }

    private static long targetOf(Meta meta) {
        return meta.highWaterMark() - meta.freePageCount() + slack(meta);
    }

    private static long slack(Meta meta) {
        return SLACK_PAGES_MIN + (meta.highWaterMark() - meta.freePageCount()) / SLACK_DIVISOR;
    }

    private Outcome move(BTreeWriteTx tx, Found found, PageMover mover, int pageCountMax) {
        Freelist freelist = state.freelist;
        freelist.confine(target);
        long room = freelist.freePageCountBelow(target, (long) pageCountMax + RESERVED_PAGES) - RESERVED_PAGES;
        boolean isHeldUp = state.file.readers.oldestTxid(Long.MAX_VALUE) < tx.meta.txid();
        place = found.place();
        for (MoveFinder.Move move : found.moves()) {
            boolean hasRoom = mover.movedPageCount() < room;
            if (!hasRoom || !mover.move(move)) {
                place = new ArrayList<>(move.bucketNames());
                place.add(move.key());
                return mover.movedPageCount() > 0 ? goOn(mover) : endUnlessHeldUp(isHeldUp);
            }
        }
        goOn(mover);
        if (!place.isEmpty()) {
            return Outcome.GOES_ON;
        }
        if (movedInPass > 0) {
            // Once more from the beginning: for what was written behind the target meanwhile, or had no room.
            movedInPass = 0;
            return Outcome.GOES_ON;
        }
        return endUnlessHeldUp(isHeldUp);
    }

    private Outcome goOn(PageMover mover) {
        movedInPass += mover.movedPageCount();
        lastCommits = mover.movedPageCount() > 0 ? 0 : lastCommits;
        return Outcome.GOES_ON;
    }

    /// What earlier steps freed is let go of by commits, unless somebody reads it.
    private Outcome endUnlessHeldUp(boolean isHeldUp) {
        if (isHeldUp) {
            return Outcome.WAITS_FOR_READERS;
        }
        if (++lastCommits < LAST_COMMITS) {
            return Outcome.GOES_ON;
        }
        place = List.of();
        state.freelist.confine(Long.MAX_VALUE);
        return Outcome.DONE;
    }
}
