package tenon.testkit;

import java.util.Arrays;

/// The bytes of a file, growing as needed. What appears is zero.
final class DiskImage {
    // Invariant: bytes behind sizeBytes are zero.
    private byte[] bytes = new byte[0];
    private int sizeBytes;

    int sizeBytes() {
        return sizeBytes;
    }

    void write(long position, byte[] source, int index, int length) {
        int end = Math.addExact(Math.toIntExact(position), length);
        growTo(end);
        System.arraycopy(source, index, bytes, (int) position, length);
    }

    void growTo(int size) {
        if (size > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size, (int) Math.min(Integer.MAX_VALUE - 8L, bytes.length * 3L / 2)));
        }
        sizeBytes = Math.max(sizeBytes, size);
    }

    void truncate(int size) {
        if (size < sizeBytes) {
            Arrays.fill(bytes, size, sizeBytes, (byte) 0);
            sizeBytes = size;
        } else {
            growTo(size);
        }
    }

    /// The bytes that may be read from here, up to the length.
    int available(long position, int length) {
        return Math.clamp(sizeBytes - position, 0, length);
    }

    byte[] array() {
        return bytes;
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, sizeBytes);
    }

    void replaceBy(DiskImage other) {
        bytes = other.copy();
        sizeBytes = bytes.length;
    }
}
