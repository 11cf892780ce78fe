package tenon.server.grpc;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tenon.server.tls.ListenAddress;
import tenon.server.tls.TlsContext;

/// How a [ClientListener] listens. Port 0 lets the system choose.
///
/// @param addresses for gRPC and pages
/// @param metricsAddresses for pages alone
/// @param tls null if it is spoken at no address
/// @param requestBytesMax as `--max-request-bytes`; gRPC itself takes 512 KiB more, so that the larger part of what is
///     too large is refused in etcd's words
/// @param txnOpCountMax as `--max-txn-ops`
/// @param concurrentStreamCountMax calls at a time on one connection
/// @param keepAliveMinNs clients that ping more often than that are disconnected
/// @param keepAliveIntervalNs idle connections are pinged after that
/// @param keepAliveTimeoutNs connections that do not answer a ping for that long are closed
/// @param leaderCheckIntervalNs streams that want a leader end when there was none at three looks, so far apart
/// @param closeGraceNs how long calls may go on after a close has begun
public record ClientOptions(
        List<ListenAddress> addresses,
        List<ListenAddress> metricsAddresses,
        TlsContext tls,
        int requestBytesMax,
        int txnOpCountMax,
        int concurrentStreamCountMax,
        long keepAliveMinNs,
        long keepAliveIntervalNs,
        long keepAliveTimeoutNs,
        long leaderCheckIntervalNs,
        long closeGraceNs) {
    /// 1.5 MiB.
    public static final int DEFAULT_REQUEST_BYTES_MAX = 3 * 512 * 1024;

    public static final int DEFAULT_TXN_OP_COUNT_MAX = 128;

    public ClientOptions {
        addresses = List.copyOf(addresses);
        metricsAddresses = List.copyOf(metricsAddresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no address to listen on");
        }
        if (tls == null && Stream.concat(addresses.stream(), metricsAddresses.stream()).anyMatch(ListenAddress::isTls)) {
            throw new IllegalArgumentException("no certificate for an address with TLS");
        }
    }

    /// The defaults of etcd, without TLS.
    public static ClientOptions of(InetSocketAddress... addresses) {
        return new ClientOptions(
                Stream.of(addresses).map(ListenAddress::plain).toList(),
                List.of(),
                null,
                DEFAULT_REQUEST_BYTES_MAX,
                DEFAULT_TXN_OP_COUNT_MAX,
                Integer.MAX_VALUE,
                TimeUnit.SECONDS.toNanos(5),
                TimeUnit.HOURS.toNanos(2),
                TimeUnit.SECONDS.toNanos(20),
                TimeUnit.SECONDS.toNanos(1),
                TimeUnit.SECONDS.toNanos(5));
    }

    public ClientOptions withMetricsAddresses(List<InetSocketAddress> others) {
        return new ClientOptions(
                addresses,
                others.stream().map(ListenAddress::plain).toList(),
                tls,
                requestBytesMax,
                txnOpCountMax,
                concurrentStreamCountMax,
                keepAliveMinNs,
                keepAliveIntervalNs,
                keepAliveTimeoutNs,
                leaderCheckIntervalNs,
                closeGraceNs);
    }

    public ClientOptions withLimits(int otherRequestBytesMax, int otherTxnOpCountMax) {
        return new ClientOptions(
                addresses,
                metricsAddresses,
                tls,
                otherRequestBytesMax,
                otherTxnOpCountMax,
                concurrentStreamCountMax,
                keepAliveMinNs,
                keepAliveIntervalNs,
                keepAliveTimeoutNs,
                leaderCheckIntervalNs,
                closeGraceNs);
    }
}
