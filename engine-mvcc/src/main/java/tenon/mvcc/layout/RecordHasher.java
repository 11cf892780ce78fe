package tenon.mvcc.layout;

import java.util.zip.CRC32C;

/// Hashes of records, and the chain of them. One thread at a time; allocates nothing.
///
/// ```text
/// hash(record)        = mix(mix(mix(main + G) + (sub << 1 | tombstone)) + (CRC32C of the record << 32 | its length))
/// chain after record  = mix(chain before + hash(record) + G)
/// ```
///
/// `G` is 0x9e3779b97f4a7c15, `mix` the finalizer of SplitMix64: a bijection of 64 bits. So two chains that differ stay
/// different for as long as the same records come, and of one revision two records hash alike only if CRC32C does not
/// tell them apart.
public final class RecordHasher {
    private static final long G = 0x9e3779b97f4a7c15L;

    private final CRC32C crc = new CRC32C();

    /// The hash of one record of the `key` bucket.
    public long hash(long main, int sub, boolean tombstone, byte[] record) {
        crc.reset();
        crc.update(record);
        long at = mix(mix(main + G) + ((long) sub << 1 | (tombstone ? 1 : 0)));
        return mix(at + (crc.getValue() << Integer.SIZE | record.length));
    }

    /// The chain behind one more record.
    public static long chain(long before, long recordHash) {
        return mix(before + recordHash + G);
    }

    private static long mix(long bits) {
        long mixed = (bits ^ bits >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}
