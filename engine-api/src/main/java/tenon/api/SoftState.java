package tenon.api;

/// What a node knows but need not store.
///
/// @param leaderId 0 if there is none
public record SoftState(long leaderId, RaftRole role) {}
