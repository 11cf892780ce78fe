package tenon.server.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import tenon.server.rpc.SnapshotRequest;
import tenon.server.rpc.SnapshotResponse;

/// Cuts the bytes of a snapshot into messages, and waits while the client has not taken the last ones. After the last
/// byte comes the SHA-256 of all of them in a message of its own, where clients expect it: the file that they save is
/// the store's plus these 32 bytes.
///
/// Used by the one thread that writes the snapshot, but for [#onReady].
final class SnapshotStream extends OutputStream {
    static final int CHUNK_SIZE_BYTES = 64 * 1024;
    /// A client that takes nothing for so long would keep the store from reusing pages.
    private static final long STALL_SECONDS_MAX = 120;

    private final ServerCall<SnapshotRequest, SnapshotResponse> call;
    private final MessageDigest digest = sha256();
    private final Object ready = new Object();
    // Guarded by ready: whether the event loop called since the wait began.
    private boolean noticed;

    // Invariant: 0 <= sentBytes + chunkBytes <= sizeBytes, 0 <= chunkBytes <= chunk.length.
    private byte[] chunk = new byte[CHUNK_SIZE_BYTES];
    private int chunkBytes;
    private long sentBytes;
    private long sizeBytes;

    SnapshotStream(ServerCall<SnapshotRequest, SnapshotResponse> call) {
        this.call = call;
    }

    void onSize(long bytes) {
        sizeBytes = bytes;
    }

    /// The client has room again, or has gone. Called by the event loop.
    void onReady() {
        synchronized (ready) {
            noticed = true;
            ready.notifyAll();
        }
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int index, int lengthBytes) {
        Objects.checkFromIndexSize(index, lengthBytes, source.length);
        if (lengthBytes > sizeBytes - sentBytes - chunkBytes) {
            throw new IllegalStateException("a snapshot of " + sizeBytes + " bytes has more than that");
        }
        int taken = 0;
        while (taken < lengthBytes) {
            int count = Math.min(lengthBytes - taken, chunk.length - chunkBytes);
            System.arraycopy(source, index + taken, chunk, chunkBytes, count);
            chunkBytes += count;
            taken += count;
            if (chunkBytes == chunk.length) {
                sendChunk();
            }
        }
    }

    /// Sends what is left, and the checksum.
    void sendChecksum() {
        if (sentBytes + chunkBytes != sizeBytes) {
            throw new IllegalStateException(
                    "a snapshot of " + sizeBytes + " bytes ended after " + (sentBytes + chunkBytes));
        }
        if (chunkBytes > 0) {
            sendChunk();
        }
        byte[] checksum = digest.digest();
        send(checksum, checksum.length);
    }

    private void sendChunk() {
        digest.update(chunk, 0, chunkBytes);
        sentBytes += chunkBytes;
        send(chunk, chunkBytes);
        // The message keeps the array.
        chunk = new byte[CHUNK_SIZE_BYTES];
        chunkBytes = 0;
    }

    private void send(byte[] blob, int lengthBytes) {
        awaitReady();
        call.sendMessage(SnapshotResponse.newBuilder()
                .setRemainingBytes(sizeBytes - sentBytes)
                .setBlob(UnsafeByteOperations.unsafeWrap(blob, 0, lengthBytes))
                .build());
    }

    private void awaitReady() {
        synchronized (ready) {
            while (!call.isReady() && !call.isCancelled()) {
                awaitNotice();
            }
        }
        if (call.isCancelled()) {
            throw new CancellationException("the client has gone");
        }
    }

    private void awaitNotice() {
        noticed = false;
        try {
            TimeUnit.SECONDS.timedWait(ready, STALL_SECONDS_MAX);
        } catch (InterruptedException _) {
            throw new CancellationException("the server stops");
        }
        if (!noticed && !call.isReady() && !call.isCancelled()) {
            throw Status.DEADLINE_EXCEEDED
                    .withDescription("the snapshot was not read for " + STALL_SECONDS_MAX + " seconds")
                    .asRuntimeException();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
