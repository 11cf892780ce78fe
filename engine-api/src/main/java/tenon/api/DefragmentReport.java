package tenon.api;

/// What a defragmentation did.
///
/// @param writerPauseNs how long the writer was held up
public record DefragmentReport(long beforeBytes, long afterBytes, long durationNs, long writerPauseNs) {}
