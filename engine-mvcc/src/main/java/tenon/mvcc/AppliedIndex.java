package tenon.mvcc;

import tenon.api.ByteView;
import tenon.api.ReadTx;
import tenon.mvcc.layout.MetaLayout;

/// A log entry whose effect, and that of all entries before it, is held.
public record AppliedIndex(long term, long raftIndex) {
    public static final AppliedIndex NONE = new AppliedIndex(0, 0);

    /// The consistent index in a store, for tools that look into its file.
    ///
    /// @return [#NONE] if the store holds no effect of an entry
    /// @throws MalformedRecordException if it has not the right form
    public static AppliedIndex of(ReadTx tx) {
        ByteView value = tx.findBucket(MetaLayout.name(MetaLayout.META_BUCKET))
                .map(meta -> meta.get(MetaLayout.name(MetaLayout.CONSISTENT_INDEX)))
                .orElse(null);
        return value == null ? NONE : MetaLayout.decodeIndex(value.toByteArray());
    }
}
