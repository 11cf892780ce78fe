package tenon.wal;

import java.nio.file.Path;
import tenon.api.CorruptDataException;

/// What is to be said about a log as it lies on the disk.
///
/// @param file the segment that the finding is about; the last one if all is well
/// @param positionBytes where in it: the damage, or the end of the records
/// @param recordNumber number of the record there, from 1 in each segment
/// @param finding one sentence: what it is, and what to do
public record LogDiagnosis(Verdict verdict, Path file, long positionBytes, long recordNumber, String finding) {
    /// The three states of a log.
    public enum Verdict {
        /// The records end where nothing was written behind them.
        CLEAN,
        /// A write that was never synced is there in part. Opening the log cuts it.
        TORN,
        /// Synced records are damaged or missing. The log does not open.
        CORRUPT
    }

    /// @throws CorruptDataException with the finding, if synced records are damaged or missing
    void checkNotCorrupt() {
        if (verdict == Verdict.CORRUPT) {
            throw new CorruptDataException(file, positionBytes, "record " + recordNumber + ": " + finding);
        }
    }

    @Override
    public String toString() {
        return verdict + ": " + file + " at position " + positionBytes + ", record " + recordNumber + ": " + finding;
    }
}
