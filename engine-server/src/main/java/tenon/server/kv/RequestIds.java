package tenon.server.kv;

import java.util.concurrent.atomic.AtomicLong;

/// Makes the ids that tie a log entry to its waiting caller. They must differ from those of all other members and of
/// all earlier lives of this member, whose entries may be applied again after a restart: counted from a start that is
/// hashed from all that tells one life from another.
public final class RequestIds {
    private static final long STEP = 0x9E37_79B9_7F4A_7C15L;

    private final AtomicLong next;

    /// @param nodeId of this member
    /// @param term as it was stored when the node started
    /// @param lastRaftIndex as it was stored when the node started
    /// @param seed of the platform
    public RequestIds(long nodeId, long term, long lastRaftIndex, long seed) {
        next = new AtomicLong(mix(mix(mix(mix(nodeId) + term) + lastRaftIndex) + seed));
    }

    /// An id that was never given out before; not 0.
    public long next() {
        long id = mix(next.getAndAdd(STEP));
        return id != 0 ? id : mix(next.getAndAdd(STEP));
    }

    /// A bijection that spreads each bit of its input over all bits (the finalizer of SplitMix64).
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }
}
