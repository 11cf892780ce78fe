package tenon.mvcc;

/// One version of a key, in the very bytes in which it is stored: the wire form of an etcd `mvccpb.KeyValue`. Fields
/// are read from those bytes when asked for.
public final class KeyValue {
    private final byte[] encoded;

    /// @param encoded not copied
    public KeyValue(byte[] encoded) {
        this.encoded = encoded;
    }

    /// The stored bytes; not a copy.
    public byte[] encoded() {
        return encoded;
    }
}
