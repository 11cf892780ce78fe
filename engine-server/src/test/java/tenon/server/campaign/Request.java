package tenon.server.campaign;

import java.util.List;

/// What a client asks for.
sealed interface Request {
    /// A put of one key.
    record Put(String key) implements Request {}

    /// Two puts in one transaction.
    record PutBoth(String key, String other) implements Request {}

    /// A deletion of one key.
    record Delete(String key) implements Request {}

    /// A put if the key's modification revision is the expected one, otherwise a read of it.
    ///
    /// @param expectedRevision 0 if the key is expected to be absent
    /// @param expectedWrite who wrote what is expected there; 0 for nobody
    record Swap(String key, long expectedRevision, long expectedWrite) implements Request {}

    /// A read of one key, or of all that begin so.
    ///
    /// @param isLinearizable whether it must see all that was acknowledged before
    /// @param revision 0 for the present
    record Read(String key, boolean isPrefix, boolean isLinearizable, long revision) implements Request {
        boolean covers(String other) {
            return isPrefix ? other.startsWith(key) : other.equals(key);
        }
    }

    /// The keys that it may write.
    default List<String> written() {
        return switch (this) {
            case Put put -> List.of(put.key);
            case PutBoth both -> List.of(both.key, both.other);
            case Delete delete -> List.of(delete.key);
            case Swap swap -> List.of(swap.key);
            case Read read -> List.of();
        };
    }

    default boolean mayWrite() {
        return !written().isEmpty();
    }
}
