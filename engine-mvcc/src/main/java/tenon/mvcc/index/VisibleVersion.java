package tenon.mvcc.index;

/// The version of a key that is visible at a revision; used again for each search.
public final class VisibleVersion {
    private long main;
    private int sub;
    private boolean tombstone;

    void set(long newMain, int newSub, boolean newTombstone) {
        main = newMain;
        sub = newSub;
        tombstone = newTombstone;
    }

    public long main() {
        return main;
    }

    public int sub() {
        return sub;
    }

    public boolean isTombstone() {
        return tombstone;
    }
}
