package tenon.mvcc.index;

/// The versions of one key, in an array of longs. How many of them count is kept beside the array, so that a version
/// can be appended behind those that an older snapshot knows.
///
/// ```text
/// short form  | main | sub << 1 | tombstone |
/// long form   | createRevision | version | main | sub << 1 | tombstone | main | ... room to grow
/// ```
///
/// The short form (length 2) is one version that is either the first of its generation or a tombstone. In the long
/// form the two leading numbers describe the last generation, 0 if that has ended; only the writer reads them, since
/// they change in place.
final class History {
    private static final int SHORT_LENGTH = 2;
    private static final int HEADER_LENGTH = 2;
    private static final int ARRAY_BYTES = 16;

    private History() {}

    static long[] first(long main, int sub, boolean tombstone) {
        return new long[] {main, mark(sub, tombstone)};
    }

    private static long mark(int sub, boolean tombstone) {
        return (long) sub << 1 | (tombstone ? 1 : 0);
    }

    private static int at(long[] history, int version) {
        return (history.length == SHORT_LENGTH ? 0 : HEADER_LENGTH) + 2 * version;
    }

    static long main(long[] history, int version) {
        return history[at(history, version)];
    }

    static int sub(long[] history, int version) {
        return (int) (history[at(history, version) + 1] >>> 1);
    }

    static boolean isTombstone(long[] history, int version) {
        return (history[at(history, version) + 1] & 1) != 0;
    }

    /// The writer's: createRevision of the last generation, 0 if it has ended.
    static long createRevision(long[] history) {
        return history.length == SHORT_LENGTH && (history[1] & 1) != 0 ? 0 : history[0];
    }

    /// The writer's: number of the last version in its generation, 0 if that has ended.
    static long lastVersion(long[] history) {
        if (history.length == SHORT_LENGTH) {
            return (history[1] & 1) != 0 ? 0 : 1;
        }
        return history[1];
    }

    /// The last version at or before a main revision, -1 if there is none.
    static int findAt(long[] history, int count, long atMain) {
        int low = 0;
        int high = count - 1;
        if (main(history, high) <= atMain) {
            return high;
        }
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (main(history, middle) <= atMain) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /// Appends a version in place if there is room, else to a copy that has.
    ///
    /// @param edit of the version; its origin is that of the generation after it
    /// @return the array that now holds `count + 1` versions
    static long[] append(long[] history, int count, Edit edit) {
        long[] target = history;
        if (at(history, count) >= history.length || history.length == SHORT_LENGTH) {
            target = new long[HEADER_LENGTH + 2 * (count + Math.max(1, count / 2))];
            int from = at(history, 0);
            System.arraycopy(history, from, target, HEADER_LENGTH, 2 * count);
        }
        target[0] = edit.createRevision;
        target[1] = edit.version;
        int slot = HEADER_LENGTH + 2 * count;
        target[slot] = edit.main;
        target[slot + 1] = mark(edit.sub, edit.tombstone);
        return target;
    }

    /// A history of one version that need not be the first of its generation.
    static long[] restored(Edit edit) {
        boolean isFirst = edit.tombstone || edit.version == 1 && edit.createRevision == edit.main;
        if (isFirst) {
            return first(edit.main, edit.sub, edit.tombstone);
        }
        return new long[] {edit.createRevision, edit.version, edit.main, mark(edit.sub, false)};
    }

    /// How many of the oldest versions are superseded at a main revision.
    static int findSuperseded(long[] history, int count, long atMain) {
        int last = findAt(history, count, atMain);
        if (last < 0) {
            return 0;
        }
        return isTombstone(history, last) && main(history, last) < atMain ? last + 1 : last;
    }

    /// A copy without the oldest versions and without room to grow.
    static long[] drop(long[] history, int count, int dropped) {
        int kept = count - dropped;
        int from = at(history, dropped);
        boolean shortForm = kept == 1
                && (isTombstone(history, dropped)
                        || lastVersion(history) == 1 && createRevision(history) == main(history, dropped));
        long[] target = new long[shortForm ? SHORT_LENGTH : HEADER_LENGTH + 2 * kept];
        System.arraycopy(history, from, target, target.length - 2 * kept, 2 * kept);
        if (!shortForm) {
            target[0] = createRevision(history);
            target[1] = lastVersion(history);
        }
        return target;
    }

    static long heapBytes(long[] history) {
        return ARRAY_BYTES + (long) history.length * Long.BYTES;
    }

    /// The writer's: checks order and the two leading numbers.
    static void validate(long[] history, int count) {
        boolean fits = history.length == SHORT_LENGTH ? count == 1 : at(history, count) <= history.length;
        boolean ordered = true;
        for (int i = 1; fits && i < count; i++) {
            long before = main(history, i - 1);
            long here = main(history, i);
            ordered &= before < here || before == here && sub(history, i - 1) < sub(history, i);
        }
        boolean ended = fits && isTombstone(history, count - 1);
        boolean originKnown = ended
                ? createRevision(history) == 0 && lastVersion(history) == 0
                : createRevision(history) > 0 && lastVersion(history) > 0;
        if (count < 1 || !fits || !ordered || !originKnown) {
            throw new IllegalStateException("a history of " + count + " versions is out of order");
        }
    }
}
