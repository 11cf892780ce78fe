package tenon.server.apply;

import tenon.api.ConfChange;
import tenon.mvcc.AppliedIndex;

/// Carries out a log entry that changes the configuration. For the apply thread only.
@FunctionalInterface
public interface ConfChangeApplier {
    /// Puts a change in force and keeps it, or refuses it.
    ///
    /// @param at the entry, whose index is not applied yet
    /// @return what is to be done as soon as it is
    Runnable apply(ConfChange change, AppliedIndex at);
}
