package tenon.mvcc.layout;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import tenon.mvcc.MalformedRecordException;
import tenon.mvcc.Revision;

/// The key of a record in the `key` bucket: its revision, big-endian, so that the order of bytes is that of revisions.
///
/// ```text
/// 0        8    9       17
/// +--------+----+--------+-----+
/// | main   | _  | sub    | t   |     t only for a tombstone
/// +--------+----+--------+-----+
/// ```
public final class RevisionLayout {
    public static final int MAIN_OFFSET = 0;
    public static final int SEPARATOR_OFFSET = 8;
    public static final int SUB_OFFSET = 9;
    public static final int MARK_OFFSET = 17;
    public static final int LENGTH_BYTES = 17;
    public static final int TOMBSTONE_LENGTH_BYTES = 18;
    public static final byte SEPARATOR = '_';
    public static final byte TOMBSTONE_MARK = 't';

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN).withInvokeExactBehavior();

    private RevisionLayout() {}

    public static byte[] encode(long main, int sub, boolean tombstone) {
        byte[] key = new byte[tombstone ? TOMBSTONE_LENGTH_BYTES : LENGTH_BYTES];
        encodeInto(key, main, sub);
        if (tombstone) {
            key[MARK_OFFSET] = TOMBSTONE_MARK;
        }
        return key;
    }

    /// Writes the first 17 bytes.
    public static void encodeInto(byte[] key, long main, int sub) {
        LONG.set(key, MAIN_OFFSET, main);
        key[SEPARATOR_OFFSET] = SEPARATOR;
        LONG.set(key, SUB_OFFSET, (long) sub);
    }

    /// @throws MalformedRecordException if this is no key of a record
    public static Revision decode(byte[] key) {
        boolean wellFormed = (key.length == LENGTH_BYTES
                        || key.length == TOMBSTONE_LENGTH_BYTES && key[MARK_OFFSET] == TOMBSTONE_MARK)
                && key[SEPARATOR_OFFSET] == SEPARATOR;
        if (!wellFormed) {
            throw new MalformedRecordException("no revision in a key of " + key.length + " bytes");
        }
        long main = (long) LONG.get(key, MAIN_OFFSET);
        long sub = (long) LONG.get(key, SUB_OFFSET);
        if (main <= 0 || sub < 0 || sub > Integer.MAX_VALUE) {
            throw new MalformedRecordException("revision " + main + "_" + sub + " cannot be");
        }
        return new Revision(main, sub);
    }

    public static boolean isTombstone(byte[] key) {
        return key.length == TOMBSTONE_LENGTH_BYTES;
    }
}
