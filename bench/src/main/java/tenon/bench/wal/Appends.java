package tenon.bench.wal;

/// A place for records, used by one thread.
interface Appends extends AutoCloseable {
    /// What an appender appends.
    int RECORD_BYTES = 256;

    /// Like etcd and Tenon's server do by default: so often is everything before declared to be in the store, so that
    /// segments are given back.
    long MARK_EVERY = 100_000;

    /// Appends one record for each of those who wait, and makes them durable with one sync.
    void appendAndSync();

    @Override
    void close();
}
