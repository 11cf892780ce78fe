package tenon.mvcc;

import java.util.List;

/// What a range read found.
///
/// @param keyValues in ascending order of keys, not more than the limit
/// @param count all keys in the range, limit or not
/// @param revision the view's revision, whatever revision was asked for
public record RangeResult(List<KeyValue> keyValues, long count, long revision) {}
