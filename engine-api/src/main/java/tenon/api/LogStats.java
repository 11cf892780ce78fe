package tenon.api;

/// The state of a log.
///
/// @param appendedBytes bytes appended since it was opened, framing included
/// @param recordCount records appended since it was opened; entries appended together may share one
/// @param syncCount syncs since it was opened
public record LogStats(int segmentCount, long sizeBytes, long appendedBytes, long recordCount, long syncCount) {}
