package tenon.btree;

import java.util.List;

/// What [StoreRepair#fallBack] gave up, and for what.
///
/// @param damagedTxid the newest commit, which is damaged; what it and the commits between it and the other one changed
///     is lost
/// @param txid the commit that the store shows again
/// @param newTxid the number under which it does, so that no number stands for two things
/// @param findings what is damaged in the newest commit
public record FallBackReport(long damagedTxid, long txid, long newTxid, List<String> findings) {
    public FallBackReport {
        findings = List.copyOf(findings);
    }
}
