package tenon.mvcc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tenon.mvcc.layout.KeyValueLayout;

/// One version of a key, in the very bytes in which it is stored: the wire form of an etcd `mvccpb.KeyValue`. Fields
/// are read from those bytes when asked for; every accessor throws [MalformedRecordException] if they are no record.
/// Equal to another with the same bytes. Safe for use by any thread.
public final class KeyValue {
    private final byte[] encoded;
    // Written by any thread that gets here first; all of them write an equal value.
    private KeyValueLayout.Fields fields;

    /// @param encoded not copied
    public KeyValue(byte[] encoded) {
        this.encoded = encoded;
    }

    /// A version of a key.
    ///
    /// @param origin when the present generation of the key began: its createRevision and this version's number in it
    /// @param modRevision main revision of this version
    /// @param leaseId 0 for none
    public static KeyValue of(byte[] key, byte[] value, Origin origin, long modRevision, long leaseId) {
        return new KeyValue(KeyValueLayout.encode(
                key, value, new KeyValueLayout.Numbers(origin.createRevision, modRevision, origin.version, leaseId)));
    }

    /// The end of a key: key and modRevision only.
    public static KeyValue tombstone(byte[] key, long modRevision) {
        return new KeyValue(
                KeyValueLayout.encode(key, new byte[0], KeyValueLayout.Numbers.ofTombstone(modRevision)));
    }

    /// Where a version stands in the generation of its key.
    ///
    /// @param createRevision main revision of the put that began the generation
    /// @param version 1 for that put
    public record Origin(long createRevision, long version) {}

    /// The stored bytes; not a copy.
    public byte[] encoded() {
        return encoded;
    }

    /// A copy of the key.
    public byte[] key() {
        KeyValueLayout.Fields at = fields();
        return Arrays.copyOfRange(encoded, at.keyIndex(), at.keyIndex() + at.keyLengthBytes());
    }

    /// A copy of the value.
    public byte[] value() {
        KeyValueLayout.Fields at = fields();
        return Arrays.copyOfRange(encoded, at.valueIndex(), at.valueIndex() + at.valueLengthBytes());
    }

    public int valueLengthBytes() {
        return fields().valueLengthBytes();
    }

    /// Main revision of the put that began the key's present generation; 0 in a tombstone.
    public long createRevision() {
        return fields().numbers().createRevision();
    }

    /// Main revision of this version.
    public long modRevision() {
        return fields().numbers().modRevision();
    }

    /// 1 for the first version of a generation; 0 in a tombstone.
    public long version() {
        return fields().numbers().version();
    }

    /// 0 for none.
    public long leaseId() {
        return fields().numbers().leaseId();
    }

    private KeyValueLayout.Fields fields() {
        KeyValueLayout.Fields known = fields;
        if (known == null) {
            known = KeyValueLayout.decode(encoded);
            fields = known;
        }
        return known;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyValue that && Arrays.equals(encoded, that.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return new String(key(), StandardCharsets.UTF_8) + "@" + modRevision() + " v" + version();
    }
}
