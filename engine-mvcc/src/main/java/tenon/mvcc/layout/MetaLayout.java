package tenon.mvcc.layout;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MalformedRecordException;
import tenon.mvcc.StateHash;

/// The buckets that a [tenon.mvcc.MvccStore] keeps for itself, and the records of the `meta` bucket. All numbers are
/// big-endian.
///
/// ```text
/// format                 | version 4 |
/// consistent-index       | raftIndex 8 | term 8 |
/// scheduled-compaction   | revision 8 |
/// finished-compaction    | revision 8 |
/// chain                  | value 8 | sinceRevision 8 |
/// chain-begin            | revision 8 | value 8 |
/// record-sum             | sum 8 |
/// ```
public final class MetaLayout {
    public static final String KEY_BUCKET = "key";
    public static final String META_BUCKET = "meta";
    public static final String FORMAT = "format";
    public static final String CONSISTENT_INDEX = "consistent-index";
    public static final String SCHEDULED_COMPACTION = "scheduled-compaction";
    public static final String FINISHED_COMPACTION = "finished-compaction";
    public static final String CHAIN = "chain";
    public static final String CHAIN_BEGIN = "chain-begin";
    public static final String RECORD_SUM = "record-sum";

    public static final int FORMAT_VERSION = 2;
    /// From this version on a file has the hashes of its records.
    public static final int HASH_FORMAT_VERSION = 2;
    public static final int FORMAT_LENGTH_BYTES = Integer.BYTES;
    public static final int CONSISTENT_INDEX_LENGTH_BYTES = 2 * Long.BYTES;
    public static final int REVISION_LENGTH_BYTES = Long.BYTES;
    public static final int CHAIN_LENGTH_BYTES = 2 * Long.BYTES;
    public static final int CHAIN_BEGIN_LENGTH_BYTES = 2 * Long.BYTES;
    public static final int RECORD_SUM_LENGTH_BYTES = Long.BYTES;

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

    public static byte[] encodeChain(StateHash hash) {
        return ByteBuffer.allocate(CHAIN_LENGTH_BYTES)
                .putLong(hash.value())
                .putLong(hash.sinceRevision())
                .array();
    }

    public static StateHash decodeChain(byte[] value) {
        ByteBuffer buffer = checkLength(CHAIN, value, CHAIN_LENGTH_BYTES);
        return new StateHash(buffer.getLong(), buffer.getLong());
    }

    /// @param value of the chain at the revision
    public static byte[] encodeChainBegin(long revision, long value) {
        return ByteBuffer.allocate(CHAIN_BEGIN_LENGTH_BYTES)
                .putLong(revision)
                .putLong(value)
                .array();
    }

    /// @return revision, then value of the chain
    public static long[] decodeChainBegin(byte[] value) {
        ByteBuffer buffer = checkLength(CHAIN_BEGIN, value, CHAIN_BEGIN_LENGTH_BYTES);
        return new long[] {buffer.getLong(), buffer.getLong()};
    }

    public static byte[] encodeRecordSum(long sum) {
        return ByteBuffer.allocate(RECORD_SUM_LENGTH_BYTES).putLong(sum).array();
    }

    public static long decodeRecordSum(byte[] value) {
        return checkLength(RECORD_SUM, value, RECORD_SUM_LENGTH_BYTES).getLong();
    }

    private static ByteBuffer checkLength(String name, byte[] value, int lengthBytes) {
        if (value.length != lengthBytes) {
            throw new MalformedRecordException("'" + name + "' has " + value.length + " bytes, not " + lengthBytes);
        }
        return ByteBuffer.wrap(value);
    }
}
