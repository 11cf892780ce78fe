package tenon.server.peer;

import com.google.protobuf.UnsafeByteOperations;
import io.netty.channel.ChannelHandlerContext;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import tenon.server.peer.wire.Purpose;
import tenon.server.peer.wire.SnapshotBegin;
import tenon.server.peer.wire.SnapshotChunk;
import tenon.server.peer.wire.SnapshotEnd;
import tenon.server.peer.wire.SnapshotFailed;
import tenon.server.peer.wire.SnapshotResume;

/// One try to send a snapshot, or its rest. The sender's thread calls and waits; the event loop answers.
final class SnapshotConnection extends OpenedConnection {
    private final SnapshotBegin begin;
    private final CompletableFuture<Long> resumePosition = new CompletableFuture<>();
    private final CompletableFuture<Void> received = new CompletableFuture<>();
    // Guarded by this.
    private boolean over;

    // Only the event loop uses these.
    private long seenPositionBytes = -1;
    private long progressNs;
    /// Written by the sender's thread.
    private volatile long sentPositionBytes;

    /// Why the try has come to nothing.
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken(String reason) {
            super(reason, null, false, false);
        }
    }

    SnapshotConnection(PeerEnvironment world, Peer peer, URI url, SnapshotBegin begin) {
        super(world, peer, url, Purpose.SNAPSHOT);
        this.begin = begin;
        this.progressNs = world.clock().monotonicNs();
    }

    // ---- the sender's thread

    /// Waits until the receiver has said where to go on.
    ///
    /// @throws Broken if it does not come to that
    long awaitPosition() {
        long position = await(resumePosition);
        if (position < 0 || position > begin.getSizeBytes()) {
            fail("it wants a snapshot from position " + position);
            throw new Broken("it wants a snapshot from position " + position);
        }
        return position;
    }

    /// Sends a chunk as soon as there is room.
    ///
    /// @throws Broken if the connection has ended
    void send(long positionBytes, ByteBuffer chunk) {
        awaitRoom();
        long end = positionBytes + chunk.remaining();
        writeAndFlush(
                FrameType.SNAPSHOT_CHUNK,
                SnapshotChunk.newBuilder()
                        .setPositionBytes(positionBytes)
                        .setData(UnsafeByteOperations.unsafeWrap(chunk))
                        .build());
        sentPositionBytes = end;
    }

    /// Says that all was sent, and waits until the receiver has all of it on its disk.
    ///
    /// @throws Broken if it does not come to that
    void finish(int crc) {
        writeAndFlush(
                FrameType.SNAPSHOT_END,
                SnapshotEnd.newBuilder()
                        .setSizeBytes(begin.getSizeBytes())
                        .setCrc(crc)
                        .build());
        await(received);
    }

    private synchronized void awaitRoom() {
        boolean interrupted = false;
        while (!over && !isWritable()) {
            try {
                wait();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (over) {
            // Completed before.
            await(received);
        }
    }

    private static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw new Broken(e.getCause().getMessage());
        }
    }

    // ---- the event loop

    @Override
    void onAgreed(String peerVersion) {
        writeAndFlush(FrameType.SNAPSHOT_BEGIN, begin);
    }

    @Override
    void onAnswer(Frame frame) {
        switch (frame.type()) {
            case SNAPSHOT_RESUME ->
                resumePosition.complete(frame.parse(SnapshotResume.parser()).getPositionBytes());
            case SNAPSHOT_RECEIVED -> {
                // Maybe already at the beginning: only the answer got lost.
                resumePosition.complete(begin.getSizeBytes());
                received.complete(null);
            }
            case SNAPSHOT_FAILED ->
                close("it has given up the snapshot: "
                        + Notices.printable(frame.parse(SnapshotFailed.parser()).getText()));
            default -> throw unexpected(frame);
        }
    }

    @Override
    void onTick(long nowNs) {
        if (seenPositionBytes != sentPositionBytes) {
            seenPositionBytes = sentPositionBytes;
            progressNs = nowNs;
        } else if (nowNs - progressNs > world.timing().snapshotStallNs()) {
            close("the snapshot got no further for too long");
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        synchronized (this) {
            notifyAll();
        }
    }

    /// Nobody waits for it any more, whether it was ever made or not.
    void abandon(String reason) {
        close(reason);
        release(reason);
    }

    @Override
    void onEnd(String reason) {
        release(reason);
    }

    private void release(String reason) {
        resumePosition.completeExceptionally(new Broken(reason));
        received.completeExceptionally(new Broken(reason));
        synchronized (this) {
            over = true;
            notifyAll();
        }
    }
}
