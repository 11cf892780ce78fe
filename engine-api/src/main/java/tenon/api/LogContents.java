package tenon.api;

import java.util.List;

/// What a [Log] holds when it is opened.
///
/// @param snapshot the newest snapshot mark whose index is at or before the commit index
/// @param hardState the last one written
/// @param entries those behind the snapshot mark, without gaps
/// @param tailCutBytes bytes of a torn tail that were cut, 0 if the log was clean
public record LogContents(
        NodeIdentity identity, SnapshotMark snapshot, HardState hardState, List<Entry> entries, long tailCutBytes) {}
