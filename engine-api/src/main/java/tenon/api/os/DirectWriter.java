package tenon.api.os;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tenon.api.StorageException;
import tenon.api.StorageFile;

/// Writes to a file durably and past the page cache. Not every file system lets it: then it writes nothing. A file
/// that this process has locked is not opened again, see [HeldLocks].
///
/// One thread at a time.
final class DirectWriter {
    /// By name, since it is no part of the language's own library: one that lacks it goes the ordinary way.
    private static final String OPTION_CLASS = "com.sun.nio.file.ExtendedOpenOption";
    private static final String OPTION_NAME = "DIRECT";
    private static final Set<OpenOption> OPTIONS = options();

    /// By device. To find it out, the system's table of mounts is read, which takes a millisecond: too long for each cut
    /// of a log.
    private static final Map<Object, Boolean> TAKES_BLOCKS = new ConcurrentHashMap<>();

    private final Path path;
    private final Object lockKey;
    // Null before the first write, and where it cannot be.
    private FileChannel channel;
    private boolean isTried;
    private boolean hasWritten;

    /// None at all if this JDK knows no way, or where the drive's own cache would not be flushed by it.
    private static Set<OpenOption> options() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Set.of();
        }
        try {
            return Stream.of(Class.forName(OPTION_CLASS).getEnumConstants())
                    .filter(option -> option.toString().equals(OPTION_NAME))
                    .map(OpenOption.class::cast)
                    .map(direct -> Set.of(StandardOpenOption.WRITE, StandardOpenOption.DSYNC, direct))
                    .findFirst()
                    .orElse(Set.of());
        } catch (ClassNotFoundException e) {
            return Set.of();
        }
    }

    /// @param lockKey what identifies the file, from [HeldLocks#key]
    DirectWriter(Path path, Object lockKey) {
        this.path = path;
        this.lockKey = lockKey;
    }

    /// Writes what it can of a buffer, whose position moves on.
    ///
    /// @return how many bytes are durable now
    int write(long position, ByteBuffer source) throws IOException {
        if (!isAligned(position, source) || !isOpen()) {
            return 0;
        }
        try {
            int count = channel.write(source, position);
            hasWritten = true;
            return count;
        } catch (IOException e) {
            if (hasWritten || !isRefusal(e)) {
                throw e;
            }
            close();
            return 0;
        }
    }

    private static boolean isAligned(long position, ByteBuffer source) {
        return source.isDirect()
                && (position | source.remaining() | MemorySegment.ofBuffer(source).address())
                                % StorageFile.BLOCK_BYTES
                        == 0;
    }

    private boolean isOpen() {
        if (!isTried) {
            isTried = true;
            if (!OPTIONS.isEmpty()) {
                open();
            }
        }
        return channel != null;
    }

    /// Whatever is in the way: nothing is written yet, and if something is wrong, the ordinary way will tell.
    private void open() {
        try {
            if (takesBlocks(path)) {
                channel = HeldLocks.openAgain(lockKey, path, OPTIONS);
            }
        } catch (IOException | StorageException | UnsupportedOperationException e) {
            channel = null;
        }
    }

    /// Whether what the file's medium works with fits into our blocks.
    private static boolean takesBlocks(Path path) throws IOException {
        Object device = Files.getAttribute(path, "unix:dev");
        Boolean known = TAKES_BLOCKS.get(device);
        if (known == null) {
            known = StorageFile.BLOCK_BYTES % Files.getFileStore(path).getBlockSize() == 0;
            TAKES_BLOCKS.put(device, known);
        }
        return known;
    }

    /// Some file systems let such a file be opened, and refuse the first write.
    private static boolean isRefusal(IOException e) {
        String reason = String.valueOf(e.getMessage());
        return reason.contains("Invalid argument") || reason.contains("not supported");
    }

    /// May be called again.
    void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            HeldLocks.close(lockKey, open, false);
        }
    }
}
