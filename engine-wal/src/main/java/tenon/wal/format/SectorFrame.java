package tenon.wal.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tenon.api.StorageFile;

/// Lays records out in sectors, each with its mark, to be appended to a segment, and keeps them until they are written. Only
/// whole sectors are written: the one in which the records end is written again with what was in it, so that each of its
/// versions is complete. Where whole blocks are wanted, so are the sectors before it in its block.
public final class SectorFrame {
    private static final int BLOCK_SECTORS = StorageFile.BLOCK_BYTES / SectorLayout.SECTOR_BYTES;
    private static final int SECTOR_COUNT_MAX = 256 * BLOCK_SECTORS;
    private static final int SECTOR_COUNT_MIN = 8 * BLOCK_SECTORS;
    private static final byte[] ZEROS = new byte[StorageFile.BLOCK_BYTES];

    /// The sectors from the known one on.
    private ByteBuffer buffer = newBuffer(SECTOR_COUNT_MIN);
    private long sequence;
    /// The first sector of which it is known what it holds, in the block of the one to be written first.
    // Invariant: knownSector <= changedSector <= sector.
    private long knownSector;
    /// The first sector to be written.
    private long changedSector;
    /// The sector in which the records end.
    private long sector;
    // Invariant: 0 <= fill < STREAM_BYTES.
    private int fill;

    private static ByteBuffer newBuffer(int sectorCount) {
        return ByteBuffer.allocateDirect(sectorCount * SectorLayout.SECTOR_BYTES + StorageFile.BLOCK_BYTES)
                .alignedSlice(StorageFile.BLOCK_BYTES)
                .limit(sectorCount * SectorLayout.SECTOR_BYTES)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Goes on in a segment. What was laid out and not taken is forgotten.
    ///
    /// @param sequence of the segment
    /// @param position in its stream
    /// @param before what the sector of that position holds before it
    public void begin(long sequence, long position, byte[] before) {
        this.sequence = sequence;
        sector = position / SectorLayout.STREAM_BYTES;
        fill = (int) (position % SectorLayout.STREAM_BYTES);
        knownSector = sector;
        changedSector = sector;
        buffer.clear().put(0, before, 0, fill).put(fill, ZEROS, 0, SectorLayout.STREAM_BYTES - fill);
        buffer.putLong(SectorLayout.STAMP_OFFSET, fill == 0 ? 0 : SectorLayout.mark(sequence, sector, fill));
    }

    /// Where in the buffer a sector lies.
    private int placeOf(long number) {
        return (int) (number - knownSector) * SectorLayout.SECTOR_BYTES;
    }

    private int endPlace() {
        return placeOf(fill == 0 ? sector : sector + 1);
    }

    /// Where in the file the sectors of [#laidOut] belong.
    public long filePosition() {
        return changedSector * SectorLayout.SECTOR_BYTES;
    }

    /// Where in the file the blocks of [#laidOutBlocks] belong. No whole block at first, where a segment is gone on with
    /// in the middle of one.
    public long blockPosition() {
        return knownSector * SectorLayout.SECTOR_BYTES;
    }

    /// Lays out as much of the stream as there is room for, behind what is there.
    ///
    /// @param stream its position moves on; what is behind it then is for a call after [#taken]
    public SectorFrame layOut(ByteBuffer stream) {
        int target = placeOf(sector);
        reserve(target, target + fill + stream.remaining());
        int source = stream.position();
        int sourceEnd = stream.limit();
        buffer.clear();
        while (source < sourceEnd && target < buffer.capacity()) {
            int count = Math.min(sourceEnd - source, SectorLayout.STREAM_BYTES - fill);
            buffer.put(target + fill, stream, source, count);
            source += count;
            fill += count;
            buffer.putLong(target + SectorLayout.STAMP_OFFSET, SectorLayout.mark(sequence, sector, fill));
            if (fill == SectorLayout.STREAM_BYTES) {
                sector++;
                fill = 0;
            } else {
                buffer.put(target + fill, ZEROS, 0, SectorLayout.STREAM_BYTES - fill);
            }
            target += SectorLayout.SECTOR_BYTES;
        }
        stream.position(source);
        return this;
    }

    /// The sectors that wait, to be written in one piece. Call [#taken] afterwards.
    public ByteBuffer laidOut() {
        return buffer.clear().limit(endPlace()).position(placeOf(changedSector));
    }

    /// The same in whole blocks, with zeros behind what the last one holds.
    ///
    /// @param fileSizeBytes the zeros do not reach behind this
    public ByteBuffer laidOutBlocks(long fileSizeBytes) {
        buffer.clear();
        int length = endPlace();
        int overhang = (int) ((blockPosition() + length) % StorageFile.BLOCK_BYTES);
        long room = Math.min(buffer.capacity(), fileSizeBytes - blockPosition()) - length;
        if (overhang > 0 && room > 0) {
            int count = (int) Math.min(StorageFile.BLOCK_BYTES - overhang, room);
            buffer.put(length, ZEROS, 0, count);
            length += count;
        }
        return buffer.limit(length);
    }

    /// What waited was written. The block in which the records end stays, for it is written again.
    public void taken() {
        long first = Math.max(knownSector, sector - sector % BLOCK_SECTORS);
        int begin = placeOf(first);
        if (begin > 0) {
            buffer.clear().put(0, buffer, begin, endPlace() - begin);
        }
        knownSector = first;
        changedSector = sector;
    }

    /// The sector in which a segment is gone on with, as it was given to [#begin], with nothing behind that.
    public ByteBuffer begun() {
        return buffer.clear().limit(SectorLayout.SECTOR_BYTES);
    }

    private void reserve(int keptBytes, int sizeBytes) {
        int sectorCount = Math.min(sizeBytes / SectorLayout.STREAM_BYTES + 1, SECTOR_COUNT_MAX);
        if (buffer.capacity() < sectorCount * SectorLayout.SECTOR_BYTES) {
            ByteBuffer small = buffer.clear();
            buffer = newBuffer(SECTOR_COUNT_MAX);
            buffer.put(0, small, 0, Math.min(keptBytes + SectorLayout.SECTOR_BYTES, small.capacity()));
        }
    }
}
