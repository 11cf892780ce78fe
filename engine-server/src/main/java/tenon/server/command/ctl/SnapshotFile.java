package tenon.server.command.ctl;

import com.google.protobuf.ByteString;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
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
import tenon.server.command.CommandException;
import tenon.server.rpc.SnapshotResponse;

/// A copy of a node's store, with the SHA-256 of all its bytes behind them.
final class SnapshotFile {
    private static final int DIGEST_BYTES = 32;
    /// The store itself is a multiple of this, so a digest behind it shows in the size.
    private static final int SECTOR_BYTES = 512;
    private static final byte[] KEY_BUCKET = {'k', 'e', 'y'};

    private SnapshotFile() {}

    /// @param hash over the names, keys and values of all buckets
    /// @param revision of the last write
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
        long sizeBytes = checkDigest(path);
        try (StoreInspector store = StoreInspector.open(platform, path)) {
            CheckReport report = store.check();
            if (!report.isClean()) {
                throw CommandException.failed(path + " is damaged: " + report.findings().getFirst());
            }
            var content = new Content();
            for (byte[] name : store.tx().bucketNames()) {
                content.add(name, store.tx().bucket(name));
            }
            return new Status((int) content.crc.getValue(), content.revision, content.count, sizeBytes);
        }
    }

    /// @return size of the file in bytes
    private static long checkDigest(Path path) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 20)) {
            long sizeBytes = Files.size(path);
            if (sizeBytes % SECTOR_BYTES == DIGEST_BYTES) {
                MessageDigest digest = sha256();
                byte[] buffer = new byte[1 << 16];
                for (long left = sizeBytes - DIGEST_BYTES; left > 0; ) {
                    int length = in.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
                    digest.update(buffer, 0, length);
                    left -= length;
                }
                if (!Arrays.equals(in.readNBytes(DIGEST_BYTES), digest.digest())) {
                    throw CommandException.failed(path + " is damaged: it does not fit the digest at its end");
                }
            }
            return sizeBytes;
        } catch (IOException e) {
            throw CommandException.failed("could not read " + path + ": " + e.getMessage());
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
        private long revision;

        private void add(byte[] name, Bucket bucket) {
            crc.update(name);
            Cursor cursor = bucket.cursor();
            while (cursor.next()) {
                byte[] key = cursor.key().toByteArray();
                crc.update(key);
                crc.update(cursor.value().toByteArray());
                count++;
                if (Arrays.equals(name, KEY_BUCKET) && key.length >= Long.BYTES) {
                    revision = ByteBuffer.wrap(key).getLong();
                }
            }
        }
    }
}
