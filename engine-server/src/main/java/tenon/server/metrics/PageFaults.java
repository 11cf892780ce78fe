package tenon.server.metrics;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.StorageException;
import tenon.api.StorageFile;

/// How often this process had to wait for a page of a mapped file, as Linux counts it.
public final class PageFaults {
    private static final Path SOURCE = Path.of("/proc/self/stat");
    private static final int LINE_BYTES_MAX = 4096;
    /// Field 12 of the line; field 3 is the first one behind the parenthesised name.
    private static final int MAJOR_FAULTS_INDEX = 12 - 3;

    private PageFaults() {}

    /// Major page faults since the process started, -1 where the system does not tell.
    public static long majorCount(FileSystem files) {
        try {
            if (!files.exists(SOURCE)) {
                return -1;
            }
            try (StorageFile file = files.open(SOURCE, OpenMode.READ)) {
                ByteBuffer line = ByteBuffer.allocate(LINE_BYTES_MAX);
                int length = file.read(0, line);
                return parseMajorCount(new String(line.array(), 0, length, StandardCharsets.UTF_8));
            }
        } catch (StorageException e) {
            return -1;
        }
    }

    static long parseMajorCount(String line) {
        int nameEnd = line.lastIndexOf(") ");
        if (nameEnd < 0) {
            return -1;
        }
        String[] fields = line.substring(nameEnd + 2).split(" ");
        return fields.length <= MAJOR_FAULTS_INDEX ? -1 : Long.parseLong(fields[MAJOR_FAULTS_INDEX]);
    }
}
