package tenon.wal;

import java.nio.ByteBuffer;
import tenon.api.StorageFile;
import tenon.wal.format.SectorFrame;
import tenon.wal.format.SectorLayout;

/// Makes the end of a log that was read what it was taken for. Done twice, it changes nothing more.
final class TailRepair {
    private final StorageFile file;
    private final Segment segment;
    private final SectorFrame sectors;

    /// @param segment the last one
    /// @param sectors stand where its records end
    TailRepair(StorageFile file, Segment segment, SectorFrame sectors) {
        this.file = file;
        this.segment = segment;
        this.sectors = sectors;
    }

    /// Zeros take away what a torn write left, so that it can never become part of a record. The mark of the sector in
    /// which the records end counts them alone, those behind it go.
    void wipe(long from, long to) {
        if (!segment.hasMarks) {
            writeZeros(from, to);
        } else if (from < to) {
            long filePosition = sectors.filePosition();
            file.write(filePosition, sectors.begun());
            writeZeros(filePosition + SectorLayout.SECTOR_BYTES, SectorLayout.fileSizeBytes(to));
        }
    }

    /// What was read may have come from memory only. If it is there because a sync failed, another sync says nothing of
    /// it: so all that no record proves to be on the disk is written again.
    void writeAgain(long from, long to) {
        long begin = segment.hasMarks ? SectorLayout.filePosition(from) : from;
        long end = segment.hasMarks ? SectorLayout.fileSizeBytes(to) : to;
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(end - begin + SectorLayout.SECTOR_BYTES, 1 << 20));
        for (long at = begin - begin % SectorLayout.SECTOR_BYTES; at < end; at += bytes.capacity()) {
            file.read(at, bytes.clear().limit((int) Math.min(end - at, bytes.capacity())));
            file.write(at, bytes.flip());
        }
    }

    private void writeZeros(long from, long to) {
        ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(to - from, 1 << 20));
        for (long at = from; at < to; at += zeros.capacity()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), to - at));
            file.write(at, zeros);
        }
    }
}
