package tenon.mvcc;

import java.util.List;

/// A part of the history without gaps.
///
/// @param changes of whole transactions, in the order in which they were made
/// @param throughRevision all changes from the asked revision through this one are in it: go on behind it
public record HistoryWindow(List<WriteTxn.Change> changes, long throughRevision) {}
