package tenon.server.peer;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tenon.server.TlsFiles;
import tenon.server.tls.TlsException;

/// How a [PeerNetwork] listens and behaves.
///
/// @param listenUrls `http://host:port`, or `https` with TLS; port 0 lets the system choose
/// @param advertisedUrls where other members reach this one; empty for where it listens
/// @param snapshotDirectory for snapshots on their way; on the file system of the store, so that a snapshot that has
///     come can be renamed to it
/// @param tls null for none; then no URL can be `https`
public record PeerOptions(
        List<URI> listenUrls,
        List<URI> advertisedUrls,
        Path snapshotDirectory,
        TlsFiles tls,
        Timing timing,
        Limits limits) {
    public PeerOptions {
        listenUrls = List.copyOf(listenUrls);
        advertisedUrls = List.copyOf(advertisedUrls);
        if (listenUrls.isEmpty()) {
            throw new IllegalArgumentException("no URL to listen on for members");
        }
        listenUrls.forEach(PeerUrl::checkListen);
        advertisedUrls.forEach(PeerUrl::check);
        for (URI url : listenUrls) {
            if (PeerUrl.isTls(url) && tls == null) {
                throw new TlsException("listening on " + url + " needs a certificate and a key");
            }
        }
    }

    /// The defaults, without TLS.
    public static PeerOptions of(List<URI> listenUrls, Path snapshotDirectory) {
        return new PeerOptions(listenUrls, List.of(), snapshotDirectory, null, Timing.DEFAULT, Limits.DEFAULT);
    }

    public PeerOptions withAdvertisedUrls(List<URI> others) {
        return new PeerOptions(listenUrls, others, snapshotDirectory, tls, timing, limits);
    }

    public PeerOptions withTls(TlsFiles other) {
        return new PeerOptions(listenUrls, advertisedUrls, snapshotDirectory, other, timing, limits);
    }

    public PeerOptions withTiming(Timing other) {
        return new PeerOptions(listenUrls, advertisedUrls, snapshotDirectory, tls, other, limits);
    }

    public PeerOptions withLimits(Limits other) {
        return new PeerOptions(listenUrls, advertisedUrls, snapshotDirectory, tls, timing, other);
    }

    /// How long things may take.
    ///
    /// @param handshakeNs from a connection, made or tried, to an agreement
    /// @param pingNs each side says something at least that often
    /// @param silenceNs a connection on which nothing was heard for so long is dead
    /// @param retryFirstNs to the second try to connect; each wait is twice as long as the one before
    /// @param retryLongestNs between two tries at most
    /// @param unreachableNs that messages got lost is told again for the same node after that
    /// @param noticeNs the same line is logged again after that
    /// @param snapshotStallNs a snapshot that got no further for so long is tried anew
    /// @param snapshotResumeNs how long the part of a snapshot that has come is kept for its rest
    public record Timing(
            long handshakeNs,
            long pingNs,
            long silenceNs,
            long retryFirstNs,
            long retryLongestNs,
            long unreachableNs,
            long noticeNs,
            long snapshotStallNs,
            long snapshotResumeNs) {
        public static final Timing DEFAULT = new Timing(
                TimeUnit.SECONDS.toNanos(5),
                TimeUnit.SECONDS.toNanos(1),
                TimeUnit.SECONDS.toNanos(5),
                TimeUnit.MILLISECONDS.toNanos(50),
                TimeUnit.SECONDS.toNanos(3),
                TimeUnit.MILLISECONDS.toNanos(100),
                TimeUnit.MINUTES.toNanos(1),
                TimeUnit.MINUTES.toNanos(2),
                TimeUnit.MINUTES.toNanos(1));
    }

    /// How much of each there may be.
    ///
    /// @param messageBytesMax of one message with its entries; as much as one entry of the log must fit
    /// @param waitingCountMax messages that wait for a connection
    /// @param waitingMessageBytesMax of those without entries
    /// @param waitingAppendBytesMax of those with entries
    /// @param acceptedConnectionCountMax connections that others have opened
    /// @param snapshotTryCountMax tries in a row to send a snapshot that got no further
    public record Limits(
            int messageBytesMax,
            int waitingCountMax,
            long waitingMessageBytesMax,
            long waitingAppendBytesMax,
            int acceptedConnectionCountMax,
            int snapshotTryCountMax) {
        public static final Limits DEFAULT =
                new Limits(512 * 1024 * 1024, 4096, 4L * 1024 * 1024, 64L * 1024 * 1024, 1024, 5);
    }
}
