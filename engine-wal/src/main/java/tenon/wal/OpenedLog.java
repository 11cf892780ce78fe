package tenon.wal;

import tenon.api.LogContents;

/// A log that was opened, and what it held then.
public record OpenedLog(SegmentedLog log, LogContents contents) {}
