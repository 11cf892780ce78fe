package tenon.mvcc;

import java.util.List;

/// Learns what write transactions have changed.
@FunctionalInterface
public interface ChangeListener {
    /// A write transaction has ended and its changes are visible. Called on the writer's thread, which is held up
    /// meanwhile: keep it short. Never called for a transaction that changed nothing.
    ///
    /// @param revision the main revision of all of the changes; one more than that of the call before
    /// @param changes in order, at least one; not altered any more
    void onChanges(long revision, List<WriteTxn.Change> changes);
}
