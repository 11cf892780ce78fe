package tenon.mvcc;

/// What happened to a key. Shared by all who watch it.
///
/// @param isDelete whether the key was deleted; its record then has key and modRevision only
/// @param keyValue the record, in the bytes in which it is stored
/// @param previous the record before that, null if there was none, it is compacted, or nobody asked for it
public record WatchEvent(boolean isDelete, KeyValue keyValue, KeyValue previous) {}
