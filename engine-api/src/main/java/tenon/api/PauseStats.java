package tenon.api;

/// How often and how long something was held up. Percentiles are at most an eighth too long.
///
/// @param maxNs the longest, exactly
/// @param totalNs all together
public record PauseStats(long count, long p50Ns, long p99Ns, long p999Ns, long maxNs, long totalNs) {}
