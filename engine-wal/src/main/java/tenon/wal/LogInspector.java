package tenon.wal;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import tenon.api.Entry;
import tenon.api.FileSystem;
import tenon.api.HardState;
import tenon.api.LogContents;
import tenon.api.OpenMode;
import tenon.api.SnapshotMark;
import tenon.api.StorageFile;
import tenon.api.StorageIoException;
import tenon.wal.format.DamageProbe;
import tenon.wal.format.RecordLayout;
import tenon.wal.format.SegmentImage;
import tenon.wal.format.SegmentLayout;
import tenon.wal.format.SegmentName;

/// Looks at a log without changing it and without its lock, also beside a running node. What that node is just writing
/// may look torn. Any thread.
public final class LogInspector {
    private static final int ATTEMPT_COUNT_MAX = 10;

    private final LogDirectory directory;

    /// @param path the directory of a log
    public LogInspector(FileSystem files, Path path) {
        this.directory = new LogDirectory(files, path);
    }

    /// Tells what opening the log would make of it.
    ///
    /// @throws tenon.api.WrongFileException if there is no log
    /// @throws tenon.api.FormatTooNewException if a later version wrote it
    public LogDiagnosis verify() {
        return verify(0);
    }

    /// Tells what opening the log would make of it.
    ///
    /// @param knownStoredIndex see [LogOptions#knownStoredIndex]
    public LogDiagnosis verify(long knownStoredIndex) {
        return scan(knownStoredIndex).diagnosis();
    }

    /// What the log holds, as opening it would show it.
    ///
    /// @throws tenon.api.CorruptDataException if synced records are damaged or missing
    /// @throws tenon.api.WrongFileException if there is no log
    /// @throws tenon.api.FormatTooNewException if a later version wrote it
    public LogContents contents() {
        return contents(0);
    }

    /// What the log holds, as opening it would show it.
    ///
    /// @param knownStoredIndex see [LogOptions#knownStoredIndex]
    public LogContents contents(long knownStoredIndex) {
        LogScan.Result scan = scan(knownStoredIndex);
        scan.diagnosis().checkNotCorrupt();
        return scan.contents();
    }

    private LogScan.Result scan(long knownStoredIndex) {
        LogDiagnosis before = null;
        for (int attempt = 1; ; attempt++) {
            try {
                LogScan.Result scan = new LogScan(directory, knownStoredIndex).run();
                LogDiagnosis diagnosis = scan.diagnosis();
                // A node that writes while the file is read may look damaged, but not twice in the same way.
                if (diagnosis.verdict() != LogDiagnosis.Verdict.CORRUPT
                        || diagnosis.equals(before)
                        || attempt >= ATTEMPT_COUNT_MAX) {
                    return scan;
                }
                before = diagnosis;
            } catch (StorageIoException e) {
                // A segment may be released between being listed and being read.
                if (attempt >= ATTEMPT_COUNT_MAX) {
                    throw e;
                }
            }
        }
    }

    /// Shows each record in order, also those behind damage, as far as they can be found. Needs no valid head.
    public void forEachRecord(Consumer<RecordInfo> consumer) {
        byte[] bytes = new byte[0];
        for (SegmentName name : directory.segmentNames()) {
            Path path = name.in(directory.path);
            SegmentImage image;
            try (StorageFile file = directory.files.open(path, OpenMode.READ)) {
                image = SegmentImage.read(file, name, bytes);
            } catch (StorageIoException e) {
                if (directory.files.exists(path)) {
                    throw e;
                }
                // Released since the names were listed.
                continue;
            }
            bytes = image.bytes();
            showSegment(image, path, consumer);
        }
    }

    private static void showSegment(SegmentImage image, Path path, Consumer<RecordInfo> consumer) {
        int position = 0;
        long number = 1;
        int rollingCrc = image.sizeBytes() < SegmentLayout.BODY_POSITION
                ? 0
                : image.headInt(SegmentLayout.PREVIOUS_CRC_OFFSET);
        while (position < image.sizeBytes()) {
            if (image.isValid(position, rollingCrc)) {
                consumer.accept(info(image, path, position, number, image.isWellFormed(position)));
                rollingCrc = image.storedCrc(position);
                position = image.endPosition(position);
            } else {
                int next = new DamageProbe(image, position, rollingCrc).findProof(true);
                if (next < 0 && !image.isStamped(position)) {
                    return;
                }
                consumer.accept(info(image, path, position, number, false));
                if (next < 0) {
                    return;
                }
                position = next;
                rollingCrc = image.getInt(next - RecordLayout.CRC_BYTES);
                if (!image.isValid(next, rollingCrc)) {
                    return;
                }
            }
            number++;
        }
    }

    private static RecordInfo info(SegmentImage image, Path path, int position, long number, boolean isValid) {
        long term = 0;
        long raftIndex = 0;
        List<Entry> entries = List.of();
        RecordType type = image.type(position);
        if (isValid && (type == RecordType.ENTRIES || type == RecordType.ENTRY)) {
            entries = image.entries(position);
            term = entries.getFirst().term();
            raftIndex = entries.getFirst().raftIndex();
        } else if (isValid && type == RecordType.STATE) {
            HardState state = image.state(position);
            term = state.term();
            raftIndex = state.commitIndex();
        } else if (isValid && type == RecordType.SNAPSHOT) {
            SnapshotMark mark = image.snapshot(position);
            term = mark.term();
            raftIndex = mark.raftIndex();
        }
        long filePosition = image.filePosition(position);
        int lengthBytes = image.lengthBytes(position);
        return new RecordInfo(path, filePosition, number, type, term, raftIndex, lengthBytes, isValid, entries);
    }
}
