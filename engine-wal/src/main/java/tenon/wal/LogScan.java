package tenon.wal;

import java.nio.file.Path;
import java.util.List;
import tenon.api.CorruptDataException;
import tenon.api.FormatTooNewException;
import tenon.api.LogContents;
import tenon.api.OpenMode;
import tenon.api.StorageFile;
import tenon.api.WrongFileException;
import tenon.wal.LogDiagnosis.Verdict;
import tenon.wal.format.DamageProbe;
import tenon.wal.format.RecordLayout;
import tenon.wal.format.SegmentImage;
import tenon.wal.format.SegmentLayout;
import tenon.wal.format.SegmentName;

/// Reads a log from its first record to its last, and tells clean, torn and corrupt apart. Changes nothing.
final class LogScan {
    private static final String ADVICE =
            "; put this member's files back from a backup, or remove the member and add it anew";

    private final LogDirectory directory;
    private final long knownStoredIndex;
    private final Replay replay = new Replay();

    // Where the scan stands: in the image, before the record that is not read yet.
    private SegmentImage image;
    private int position;
    private int rollingCrc;
    private long syncedPosition;
    private long recordNumber;
    /// The last segment, if its head was never written.
    private SegmentName unbegun;

    /// What was found.
    ///
    /// @param contents null if corrupt
    /// @param endPosition behind the last record in the stream of the last segment
    /// @param syncedPosition what is before it in that stream was durable, as the records say
    /// @param traceBytes behind it, traces of torn records
    /// @param sectorBytes what the sector in which the stream ends holds before that
    /// @param unbegun a last segment to be deleted, or null
    record Result(
            LogDiagnosis diagnosis,
            LogContents contents,
            LogState state,
            int endPosition,
            int rollingCrc,
            long syncedPosition,
            int traceBytes,
            byte[] sectorBytes,
            SegmentName unbegun) {}

    LogScan(LogDirectory directory, long knownStoredIndex) {
        this.directory = directory;
        this.knownStoredIndex = knownStoredIndex;
    }

    /// Damage that no crash explains.
    private static final class Corruption extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient LogDiagnosis diagnosis;

        Corruption(LogDiagnosis diagnosis) {
            super(diagnosis.finding(), null, false, false);
            this.diagnosis = diagnosis;
        }
    }

    Result run() {
        try {
            return scan();
        } catch (Corruption e) {
            return new Result(e.diagnosis, null, null, 0, 0, 0, 0, null, null);
        } catch (CorruptDataException e) {
            LogDiagnosis diagnosis =
                    new LogDiagnosis(Verdict.CORRUPT, e.path(), e.positionBytes(), 0, e.getMessage() + ADVICE);
            return new Result(diagnosis, null, null, 0, 0, 0, 0, null, null);
        }
    }

    private Result scan() {
        List<SegmentName> names = directory.segmentNames();
        if (names.isEmpty()) {
            throw new WrongFileException(directory.path, "there is no log in it");
        }
        byte[] spareBytes = new byte[0];
        for (SegmentName name : names) {
            checkFollows(name);
            SegmentImage previous = image;
            SegmentImage next = read(name, spareBytes);
            if (!hasHead(next)) {
                checkIsUnbegun(next, name.equals(names.getLast()));
                unbegun = name;
                break;
            }
            enter(next);
            spareBytes = previous == null ? new byte[0] : previous.bytes();
            readRecords();
        }
        return conclude();
    }

    private SegmentImage read(SegmentName name, byte[] reuse) {
        try (StorageFile file = directory.files.open(name.in(directory.path), OpenMode.READ)) {
            return SegmentImage.read(file, name, reuse);
        }
    }

    private void checkFollows(SegmentName name) {
        if (!name.isPossible()) {
            throw corruption(name, 0, 0, "no segment has such a name");
        }
        if (image != null && name.sequence() != image.name().sequence() + 1) {
            throw corruption(name, 0, 1, "a segment is missing or doubled before it, the one there is "
                    + image.name());
        }
    }

    // ---- heads

    /// Whether CRC record and metadata record are there.
    private boolean hasHead(SegmentImage candidate) {
        checkVersion(candidate);
        int metadata = (int) RecordLayout.sizeBytes(SegmentLayout.HEAD_BYTES);
        return candidate.isValidAlone(0)
                && candidate.type(0) == RecordType.CRC
                && candidate.isWellFormed(0)
                && candidate.headLong(SegmentLayout.MAGIC_OFFSET) == SegmentLayout.MAGIC
                && candidate.isValid(metadata, candidate.storedCrc(0))
                && candidate.type(metadata) == RecordType.METADATA;
    }

    private void checkVersion(SegmentImage candidate) {
        if (candidate.hasLength(0)
                && candidate.lengthBytes(0) >= SegmentLayout.HEAD_BYTES
                && candidate.headLong(SegmentLayout.MAGIC_OFFSET) == SegmentLayout.MAGIC
                && candidate.headInt(SegmentLayout.VERSION_OFFSET) > SegmentLayout.VERSION
                && candidate.storedCrc(0)
                        == candidate.computedCrc(0, candidate.headInt(SegmentLayout.PREVIOUS_CRC_OFFSET))) {
            throw new FormatTooNewException(
                    candidate.name().in(directory.path),
                    candidate.headInt(SegmentLayout.VERSION_OFFSET),
                    SegmentLayout.VERSION);
        }
    }

    private void enter(SegmentImage next) {
        SegmentName name = next.name();
        if (next.headLong(SegmentLayout.SEQUENCE_OFFSET) != name.sequence()
                || next.headLong(SegmentLayout.FIRST_RAFT_INDEX_OFFSET) != name.firstRaftIndex()) {
            throw corruption(name, 0, 1, "the file was renamed");
        }
        int previousCrc = next.headInt(SegmentLayout.PREVIOUS_CRC_OFFSET);
        if (image != null && previousCrc != rollingCrc) {
            throw corruptionHere("a later segment proves that synced records are damaged or missing here");
        }
        long allocatedSize = next.headLong(SegmentLayout.ALLOCATED_SIZE_OFFSET);
        if (allocatedSize < 0 || allocatedSize > next.fileSizeBytes()) {
            throw corruption(name, next.fileSizeBytes(), 0, "the file has been cut short: it had " + allocatedSize
                    + " bytes");
        }
        image = next;
        position = 0;
        syncedPosition = 0;
        rollingCrc = previousCrc;
        recordNumber = 1;
        boolean isCurrent = next.headInt(SegmentLayout.VERSION_OFFSET) == SegmentLayout.VERSION;
        replay.state().onSegment(new Segment(name, next.fileSizeBytes(), next.hasMarks(), isCurrent));
    }

    /// A crash may leave behind a last segment that was named, but never begun. All before it had been synced.
    private void checkIsUnbegun(SegmentImage next, boolean isLast) {
        SegmentName name = next.name();
        if (image == null || !isLast) {
            throw corruption(name, 0, 1, "the head of the segment is damaged, or the file was renamed");
        }
        if (next.sizeBytes() < SegmentLayout.BODY_POSITION) {
            throw corruption(name, next.fileSizeBytes(), 1, "the file has been cut short");
        }
        DamageProbe head = new DamageProbe(next, 0, rollingCrc);
        int metadata = (int) RecordLayout.sizeBytes(SegmentLayout.HEAD_BYTES);
        boolean proven = head.findProof(false) >= 0
                || head.isDamaged()
                || next.isValid(0, rollingCrc) && new DamageProbe(next, metadata, next.storedCrc(0)).isDamaged();
        if (proven) {
            throw corruption(name, 0, 1, "the head of the segment is damaged, though it had been written");
        }
        DamageProbe tail = new DamageProbe(image, position, rollingCrc);
        if (image.isStamped(position) || tail.isDamaged() || tail.findProof(true) >= 0) {
            throw corruptionHere("the record is damaged, though a later segment proves that it had been synced");
        }
    }

    // ---- records

    private void readRecords() {
        while (image.isValid(position, rollingCrc)) {
            String contradiction = replay.onRecord(image, position);
            if (contradiction != null) {
                throw corruptionHere(contradiction);
            }
            syncedPosition = Math.max(syncedPosition, image.syncedPosition(position));
            rollingCrc = image.storedCrc(position);
            position = image.endPosition(position);
            recordNumber++;
        }
    }

    /// The records are read. What stands behind them in the last segment?
    private Result conclude() {
        int traceBytes = 0;
        String finding = "the records end here";
        if (unbegun == null) {
            DamageProbe probe = new DamageProbe(image, position, rollingCrc);
            int proof = probe.findProof(false);
            if (proof >= 0) {
                throw corruptionHere("the record is damaged, though the one at position " + image.filePosition(proof)
                        + " proves that it had been synced");
            }
            if (probe.isDamaged()) {
                throw corruptionHere("the record is damaged, though its sectors show that it had been written as a whole");
            }
            traceBytes = probe.traceBytes();
        }
        Replay.Outcome outcome = replay.finish(knownStoredIndex, traceBytes);
        if (outcome.missing() != null) {
            throw corruptionHere(outcome.missing());
        }
        if (traceBytes > 0) {
            finding = "a write of about " + traceBytes + " bytes was interrupted before it was synced; opening the log cuts"
                    + " it";
        } else if (unbegun != null) {
            finding = "segment " + unbegun + " behind it was never begun; opening the log deletes it";
        }
        Verdict verdict = traceBytes > 0 || unbegun != null ? Verdict.TORN : Verdict.CLEAN;
        LogDiagnosis diagnosis = new LogDiagnosis(
                verdict, image.name().in(directory.path), image.filePosition(position), recordNumber, finding);
        byte[] sectorBytes = image.sectorBytes(position);
        return new Result(
                diagnosis,
                outcome.contents(),
                replay.state(),
                position,
                rollingCrc,
                syncedPosition,
                traceBytes,
                sectorBytes,
                unbegun);
    }

    private Corruption corruptionHere(String finding) {
        return corruption(image.name(), image.filePosition(position), recordNumber, finding);
    }

    private Corruption corruption(SegmentName name, long at, long number, String finding) {
        Path file = name.in(directory.path);
        return new Corruption(new LogDiagnosis(Verdict.CORRUPT, file, at, number, finding + ADVICE));
    }
}
