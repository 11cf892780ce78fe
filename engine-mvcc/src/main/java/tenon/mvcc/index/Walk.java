package tenon.mvcc.index;

/// A walk over a range of keys at a main revision.
final class Walk {
    final byte[] from;
    /// Null for no bound.
    final byte[] to;
    /// [IndexSnapshot#CURRENT] for the last version of each key.
    final long atMain;
    final IndexVisitor visitor;

    Walk(byte[] from, byte[] to, long atMain, IndexVisitor visitor) {
        this.from = from;
        this.to = to;
        this.atMain = atMain;
        this.visitor = visitor;
    }
}
