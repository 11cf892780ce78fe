package tenon.server.command.ctl;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.zip.CRC32C;
import tenon.api.Bucket;
import tenon.api.CheckReport;
import tenon.api.Cursor;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.Platform;
import tenon.api.StorageFile;
import tenon.btree.StoreInspector;
import tenon.mvcc.Transplant;
import tenon.server.command.CommandException;
import tenon.server.rpc.SnapshotResponse;

/// A copy of a node's store, with the SHA-256 of all its bytes behind them.
final class SnapshotFile {
    private static final int DIGEST_BYTES = 32;
    /// The store itself is a multiple of this, so a digest behind it shows in the size.
    private static final int SECTOR_BYTES = 512;
    private static final int PIECE_BYTES = 1 << 20;

    private SnapshotFile() {}

    /// @param hash over the names, keys and values of all buckets
    /// @param revision the current one; 0 if the file holds no key space
    /// @param keyCount elements of all buckets
    record Status(int hash, long revision, long keyCount, long sizeBytes) {}

    /// Writes the stream beside the target first, so that the target is never half of a snapshot.
    ///
    /// @return bytes written
    /// @throws CommandException if the stream is not whole, or its digest is wrong
    static long save(FileSystem files, Path target, Iterator<SnapshotResponse> stream) {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        long positionBytes = 0;
        long remainingBytes = -1;
        MessageDigest digest = sha256();
        ByteString last = ByteString.EMPTY;
        try (StorageFile file = files.open(part, OpenMode.CREATE)) {
            file.truncate(0);
            while (stream.hasNext()) {
                SnapshotResponse piece = stream.next();
                digest.update(last.asReadOnlyByteBuffer());
                last = piece.getBlob();
                file.write(positionBytes, last.asReadOnlyByteBuffer());
                positionBytes += last.size();
                remainingBytes = piece.getRemainingBytes();
            }
            file.sync();
        }
        if (remainingBytes != 0) {
            throw CommandException.failed("the node ended the snapshot early, " + part + " is not whole");
        }
        if (last.size() != DIGEST_BYTES || !Arrays.equals(last.toByteArray(), digest.digest())) {
            throw CommandException.failed("the snapshot was damaged on its way, " + part + " does not fit its digest");
        }
        files.rename(part, target);
        files.syncDirectory(target.toAbsolutePath().getParent());
        return positionBytes;
    }

    /// Verifies the digest, where there is one, and every page.
    ///
    /// @throws CommandException if the file is no sound snapshot
    static Status status(Platform platform, Path path) {
        if (!platform.files().exists(path)) {
            throw CommandException.failed("stat " + path + ": no such file or directory");
        }
        try (StorageFile file = platform.files().open(path, OpenMode.READ);
                StoreInspector store = openSound(platform, file, true)) {
            var content = new Content();
            for (byte[] name : store.tx().bucketNames()) {
                content.add(name, store.tx().bucket(name));
            }
            long revision = Transplant.isPossible(store.tx()) ? Transplant.currentRevision(store.tx()) : 0;
            return new Status((int) content.crc.getValue(), revision, content.count, file.sizeBytes());
        }
    }

    /// Writes the store in a snapshot to a new file, durably.
    ///
    /// @param skipsHashCheck whether the file need not have a digest, nor fit it; every page is verified all the same
    /// @throws CommandException if the file is no sound snapshot of a node
    static void copyStore(Platform platform, Path path, Path target, boolean skipsHashCheck) {
        if (!platform.files().exists(path)) {
            throw CommandException.failed("open " + path + ": no such file or directory");
        }
        try (StorageFile file = platform.files().open(path, OpenMode.READ)) {
            if (!skipsHashCheck && !hasDigest(file)) {
                throw CommandException.failed("snapshot missing hash but --skip-hash-check=false");
            }
            try (StoreInspector store = openSound(platform, file, !skipsHashCheck);
                    StorageFile copy = platform.files().open(target, OpenMode.CREATE)) {
                if (!Transplant.isPossible(store.tx())) {
                    throw CommandException.failed(path + " is no snapshot of a node: it holds no key space");
                }
                forEachPiece(file, (positionBytes, piece) -> copy.write(positionBytes, piece));
                copy.sync();
            }
        }
    }

    private static StoreInspector openSound(Platform platform, StorageFile file, boolean checksDigest) {
        if (checksDigest && hasDigest(file)) {
            checkDigest(file);
        }
        StoreInspector store = StoreInspector.open(platform, file.path());
        CheckReport report = store.check();
        if (!report.isClean()) {
            store.close();
            throw CommandException.failed(file.path() + " is damaged: " + report.findings().getFirst());
        }
        return store;
    }

    private static boolean hasDigest(StorageFile file) {
        return file.sizeBytes() % SECTOR_BYTES == DIGEST_BYTES;
    }

    private static void checkDigest(StorageFile file) {
        MessageDigest digest = sha256();
        forEachPiece(file, (_, piece) -> digest.update(piece));
        ByteBuffer stored = ByteBuffer.allocate(DIGEST_BYTES);
        file.read(file.sizeBytes() - DIGEST_BYTES, stored);
        if (!Arrays.equals(stored.array(), digest.digest())) {
            throw CommandException.failed(file.path() + " is damaged: it does not fit the digest at its end");
        }
    }

    /// What takes a part of the store.
    private interface Sink {
        void take(long positionBytes, ByteBuffer piece);
    }

    /// All bytes but those of a digest, in order.
    private static void forEachPiece(StorageFile file, Sink sink) {
        long endBytes = file.sizeBytes() - (hasDigest(file) ? DIGEST_BYTES : 0);
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        for (long at = 0; at < endBytes; at += piece.limit()) {
            file.read(at, piece.clear().limit((int) Math.min(endBytes - at, PIECE_BYTES)));
            sink.take(at, piece.flip());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static final class Content {
        private final CRC32C crc = new CRC32C();
        private long count;

        private void add(byte[] name, Bucket bucket) {
            crc.update(name);
            Cursor cursor = bucket.cursor();
            while (cursor.next()) {
                crc.update(cursor.key().toByteArray());
                crc.update(cursor.value().toByteArray());
                count++;
            }
        }
    }
}
