package tenon.api;

import java.util.List;

/// What a [Log] holds when it is opened.
///
/// @param snapshot the newest snapshot mark whose index is at or before the commit index, or whose snapshot is known to
///     be in place
/// @param hardState the last one written; if the mark or the last entry shows a later term, in that term and without a
///     vote; with a commit index at or behind the mark
/// @param entries those behind the snapshot mark, without gaps
/// @param tailCutBytes bytes of a torn tail that were cut, 0 if the log was clean
public record LogContents(
        NodeIdentity identity, SnapshotMark snapshot, HardState hardState, List<Entry> entries, long tailCutBytes) {}
