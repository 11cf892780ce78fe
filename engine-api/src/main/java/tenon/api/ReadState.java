package tenon.api;

/// A linearizable read with this context may be served once everything up to the index is applied.
public record ReadState(long context, long raftIndex) {}
