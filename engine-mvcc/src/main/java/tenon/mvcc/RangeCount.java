package tenon.mvcc;

/// What is known of a range without its keys.
///
/// @param count all keys in it, whatever the limit
/// @param revision the view's, whatever revision was asked for
public record RangeCount(long count, long revision) {}
