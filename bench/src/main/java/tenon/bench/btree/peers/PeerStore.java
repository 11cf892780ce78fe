package tenon.bench.btree.peers;

/// What a store must do to be measured: one ordered map in one directory. All phases run on this interface, so that
/// the stores differ only behind it.
public interface PeerStore extends AutoCloseable {
    /// When a commit must be on the disk.
    enum Sync {
        /// When it returns.
        EACH_COMMIT,
        /// When [#sync] returns. A crash of the machine before that may take the whole store.
        AT_END
    }

    /// A snapshot, used by one thread.
    interface Reader extends AutoCloseable {
        /// Finds a value and reads its first and last byte.
        ///
        /// @return the sum of both, unsigned
        /// @throws IllegalStateException if the key is missing
        long touch(byte[] key);

        /// From the first element, or from the last one backwards.
        Walk walk(boolean descending);

        /// Lets go of this snapshot and takes the newest one, in the cheapest way that the store has.
        void renew();

        @Override
        void close();
    }

    /// A walk over all elements; stands before the first one.
    interface Walk extends AutoCloseable {
        boolean next();

        /// Reads the last byte of the key, and the first and last one of the value.
        ///
        /// @return the sum of the three, unsigned
        long touch();

        byte[] key();

        byte[] value();

        @Override
        void close();
    }

    /// A transaction that changes the store. It must be committed.
    interface Writer {
        /// The writer may be given keys in any order, unless it was begun as ascending.
        void put(byte[] key, byte[] value);

        /// @throws IllegalStateException if the key is missing, where the store can tell
        void delete(byte[] key);

        void commit();
    }

    Reader beginRead();

    /// @param ascending whether all keys come in order, behind all that are there: the store may use what it has for
    ///     that
    Writer beginWrite(boolean ascending);

    /// Makes all commits durable.
    void sync();

    @Override
    void close();

    /// The error for a key that should have been there.
    static IllegalStateException missing(byte[] key) {
        return new IllegalStateException("the key " + java.util.HexFormat.of().formatHex(key) + " is missing");
    }
}
