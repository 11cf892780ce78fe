package tenon.mvcc.layout;

import tenon.mvcc.MalformedRecordException;

/// The bytes of a record: an `mvccpb.KeyValue` in protobuf wire form, so that they can be sent as they are stored.
///
/// ```text
/// 0A len key  10 createRevision  18 modRevision  20 version  2A len value  30 leaseId
/// ```
///
/// Lengths and numbers are varints. A field that is zero or empty is left out; the others stand in this order, each
/// once. A tombstone has `key` and `modRevision` only. A decoder that finds anything else refuses the record.
public final class KeyValueLayout {
    public static final int KEY_TAG = 0x0A;
    public static final int CREATE_REVISION_TAG = 0x10;
    public static final int MOD_REVISION_TAG = 0x18;
    public static final int VERSION_TAG = 0x20;
    public static final int VALUE_TAG = 0x2A;
    public static final int LEASE_TAG = 0x30;

    private static final int VARINT_BYTES_MAX = 10;

    private KeyValueLayout() {}

    /// The numbers of a record; see the methods of the same names in [tenon.mvcc.KeyValue].
    public record Numbers(long createRevision, long modRevision, long version, long leaseId) {
        public static Numbers ofTombstone(long modRevision) {
            return new Numbers(0, modRevision, 0, 0);
        }
    }

    /// A decoded record: where its bytes lie, and its numbers.
    public record Fields(int keyIndex, int keyLengthBytes, int valueIndex, int valueLengthBytes, Numbers numbers) {}

    public static byte[] encode(byte[] key, byte[] value, Numbers numbers) {
        byte[] encoded = new byte[bytesLength(key)
                + numberLength(numbers.createRevision)
                + numberLength(numbers.modRevision)
                + numberLength(numbers.version)
                + bytesLength(value)
                + numberLength(numbers.leaseId)];
        int index = putBytes(encoded, 0, KEY_TAG, key);
        index = putNumber(encoded, index, CREATE_REVISION_TAG, numbers.createRevision);
        index = putNumber(encoded, index, MOD_REVISION_TAG, numbers.modRevision);
        index = putNumber(encoded, index, VERSION_TAG, numbers.version);
        index = putBytes(encoded, index, VALUE_TAG, value);
        index = putNumber(encoded, index, LEASE_TAG, numbers.leaseId);
        assert index == encoded.length;
        return encoded;
    }

    /// @throws MalformedRecordException if the bytes are anything but what [#encode] makes
    public static Fields decode(byte[] encoded) {
        return new Decoder(encoded).decode();
    }

    private static int varintLength(long value) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    private static int bytesLength(byte[] bytes) {
        return bytes.length == 0 ? 0 : 1 + varintLength(bytes.length) + bytes.length;
    }

    private static int numberLength(long value) {
        return value == 0 ? 0 : 1 + varintLength(value);
    }

    private static int putVarint(byte[] target, int index, long value) {
        int at = index;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            target[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[at++] = (byte) rest;
        return at;
    }

    private static int putBytes(byte[] target, int index, int tag, byte[] bytes) {
        if (bytes.length == 0) {
            return index;
        }
        target[index] = (byte) tag;
        int at = putVarint(target, index + 1, bytes.length);
        System.arraycopy(bytes, 0, target, at, bytes.length);
        return at + bytes.length;
    }

    private static int putNumber(byte[] target, int index, int tag, long value) {
        if (value == 0) {
            return index;
        }
        target[index] = (byte) tag;
        return putVarint(target, index + 1, value);
    }

    /// Reads forward over bytes that nobody has vouched for.
    private static final class Decoder {
        private final byte[] bytes;
        // Invariant: 0 <= index <= bytes.length
        private int index;
        private int runIndex;

        Decoder(byte[] bytes) {
            this.bytes = bytes;
        }

        Fields decode() {
            int keyLength = takeRun(KEY_TAG);
            int keyIndex = runIndex;
            long createRevision = takeNumber(CREATE_REVISION_TAG);
            long modRevision = takeNumber(MOD_REVISION_TAG);
            long version = takeNumber(VERSION_TAG);
            int valueLength = takeRun(VALUE_TAG);
            int valueIndex = runIndex;
            long leaseId = takeNumber(LEASE_TAG);
            if (index != bytes.length) {
                throw malformed("a field that is unknown or out of order");
            }
            if (keyLength == 0) {
                throw malformed("no key");
            }
            boolean tombstone = version == 0 && createRevision == 0 && valueLength == 0 && leaseId == 0;
            if (modRevision <= 0 || !tombstone && (version <= 0 || createRevision <= 0 || createRevision > modRevision)) {
                throw malformed("numbers that contradict each other");
            }
            return new Fields(
                    keyIndex, keyLength, valueIndex, valueLength,
                    new Numbers(createRevision, modRevision, version, leaseId));
        }

        private boolean takeTag(int tag) {
            if (index < bytes.length && bytes[index] == tag) {
                index++;
                return true;
            }
            return false;
        }

        /// Length of a run of bytes, 0 if the field is left out; `runIndex` is where it begins.
        private int takeRun(int tag) {
            runIndex = index;
            if (!takeTag(tag)) {
                return 0;
            }
            long length = takeVarint();
            if (length <= 0 || length > bytes.length - index) {
                throw malformed("a length of " + Long.toUnsignedString(length));
            }
            runIndex = index;
            index += (int) length;
            return (int) length;
        }

        private long takeNumber(int tag) {
            return takeTag(tag) ? takeVarint() : 0;
        }

        /// Zero is left out by [#encode], so it is as malformed as a number with needless bytes.
        private long takeVarint() {
            long value = 0;
            for (int i = 0; i < VARINT_BYTES_MAX && index < bytes.length; i++) {
                byte next = bytes[index++];
                value |= (next & 0x7FL) << (7 * i);
                if (next >= 0) {
                    if (next == 0 || i == VARINT_BYTES_MAX - 1 && next != 1) {
                        break;
                    }
                    return value;
                }
            }
            throw malformed("a number that does not end");
        }

        private MalformedRecordException malformed(String finding) {
            return new MalformedRecordException(finding + " at byte " + index + " of " + bytes.length);
        }
    }
}
