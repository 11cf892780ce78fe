package tenon.mvcc.layout;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MalformedRecordException;

/// The buckets that a [tenon.mvcc.MvccStore] keeps for itself, and the records of the `meta` bucket. All numbers are
/// big-endian.
///
/// ```text
/// format                 | version 4 |
/// consistent-index       | raftIndex 8 | term 8 |
/// scheduled-compaction   | revision 8 |
/// finished-compaction    | revision 8 |
/// ```
public final class MetaLayout {
    public static final String KEY_BUCKET = "key";
    public static final String META_BUCKET = "meta";
    public static final String FORMAT = "format";
    public static final String CONSISTENT_INDEX = "consistent-index";
    public static final String SCHEDULED_COMPACTION = "scheduled-compaction";
    public static final String FINISHED_COMPACTION = "finished-compaction";

    public static final int FORMAT_VERSION = 1;
    public static final int FORMAT_LENGTH_BYTES = Integer.BYTES;
    public static final int CONSISTENT_INDEX_LENGTH_BYTES = 2 * Long.BYTES;
    public static final int REVISION_LENGTH_BYTES = Long.BYTES;

    private MetaLayout() {}

    public static byte[] name(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static byte[] encodeFormat() {
        return ByteBuffer.allocate(FORMAT_LENGTH_BYTES).putInt(FORMAT_VERSION).array();
    }

    public static int decodeFormat(byte[] value) {
        return checkLength(FORMAT, value, FORMAT_LENGTH_BYTES).getInt();
    }

    public static byte[] encodeIndex(AppliedIndex applied) {
        return ByteBuffer.allocate(CONSISTENT_INDEX_LENGTH_BYTES)
                .putLong(applied.raftIndex())
                .putLong(applied.term())
                .array();
    }

    public static AppliedIndex decodeIndex(byte[] value) {
        ByteBuffer buffer = checkLength(CONSISTENT_INDEX, value, CONSISTENT_INDEX_LENGTH_BYTES);
        long raftIndex = buffer.getLong();
        return new AppliedIndex(buffer.getLong(), raftIndex);
    }

    public static byte[] encodeRevision(long main) {
        return ByteBuffer.allocate(REVISION_LENGTH_BYTES).putLong(main).array();
    }

    public static long decodeRevision(String name, byte[] value) {
        return checkLength(name, value, REVISION_LENGTH_BYTES).getLong();
    }

    private static ByteBuffer checkLength(String name, byte[] value, int lengthBytes) {
        if (value.length != lengthBytes) {
            throw new MalformedRecordException("'" + name + "' has " + value.length + " bytes, not " + lengthBytes);
        }
        return ByteBuffer.wrap(value);
    }
}
