package tenon.wal.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tenon.api.StorageFile;

/// Lays records out in sectors, each with its mark, to be appended to a segment. Only whole sectors are written: the one
/// in which the records end is written again with what was in it, so that each of its versions is complete. Where whole
/// blocks are wanted, so are the sectors before it in its block.
public final class SectorFrame {
    private static final int BLOCK_SECTORS = StorageFile.BLOCK_BYTES / SectorLayout.SECTOR_BYTES;
    private static final int SECTOR_COUNT_MAX = 256 * BLOCK_SECTORS;
    private static final int SECTOR_COUNT_MIN = 8 * BLOCK_SECTORS;
    private static final byte[] ZEROS = new byte[StorageFile.BLOCK_BYTES];

    private ByteBuffer buffer = newBuffer(SECTOR_COUNT_MIN);
    private long sequence;
    private long sector;
    // Invariant: 0 <= fill < STREAM_BYTES.
    private int fill;
    /// What the block of the sector holds already, each byte at its place.
    private final byte[] held = new byte[StorageFile.BLOCK_BYTES];
    /// The first sector of the block of which that is known.
    // Invariant: knownSector <= sector, in the same block.
    private long knownSector;

    private static ByteBuffer newBuffer(int sectorCount) {
        return ByteBuffer.allocateDirect(sectorCount * SectorLayout.SECTOR_BYTES + StorageFile.BLOCK_BYTES)
                .alignedSlice(StorageFile.BLOCK_BYTES)
                .limit(sectorCount * SectorLayout.SECTOR_BYTES)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Goes on in a segment.
    ///
    /// @param sequence of the segment
    /// @param position in its stream
    /// @param before what the sector of that position holds before it
    public void begin(long sequence, long position, byte[] before) {
        this.sequence = sequence;
        sector = position / SectorLayout.STREAM_BYTES;
        fill = (int) (position % SectorLayout.STREAM_BYTES);
        knownSector = sector;
        System.arraycopy(before, 0, held, placeInBlock(sector), fill);
    }

    private static int placeInBlock(long sector) {
        return (int) (sector % BLOCK_SECTORS) * SectorLayout.SECTOR_BYTES;
    }

    private static long blockBegin(long sector) {
        return sector - sector % BLOCK_SECTORS;
    }

    /// Where in the file the sectors of [#layOut] belong.
    public long filePosition() {
        return sector * SectorLayout.SECTOR_BYTES;
    }

    /// Where in the file the blocks of [#layOutBlocks] belong. No whole block at first, where a segment is gone on with
    /// in the middle of one.
    public long blockPosition() {
        return knownSector * SectorLayout.SECTOR_BYTES;
    }

    /// Takes as much of the stream as there is room for.
    ///
    /// @param stream its position moves on; what is behind it then is for the next call
    /// @return what to write, valid until the next call
    public ByteBuffer layOut(ByteBuffer stream) {
        int length = layOutFrom(sector, stream);
        return buffer.limit(length);
    }

    /// The same in whole blocks, with zeros behind what the last one holds.
    ///
    /// @param fileSizeBytes the zeros do not reach behind this
    public ByteBuffer layOutBlocks(ByteBuffer stream, long fileSizeBytes) {
        long begin = blockPosition();
        int length = layOutFrom(knownSector, stream);
        int overhang = (int) ((begin + length) % StorageFile.BLOCK_BYTES);
        long room = Math.min(buffer.capacity(), fileSizeBytes - begin) - length;
        if (overhang > 0 && room > 0) {
            int count = (int) Math.min(StorageFile.BLOCK_BYTES - overhang, room);
            buffer.put(length, ZEROS, 0, count);
            length += count;
        }
        return buffer.limit(length);
    }

    /// @param first the first sector to be laid out, from the known one to the one in which the records end
    /// @return how many bytes there are
    private int layOutFrom(long first, ByteBuffer stream) {
        int target = (int) (sector - first) * SectorLayout.SECTOR_BYTES;
        reserve(target + fill + stream.remaining());
        buffer.clear().put(0, held, placeInBlock(first), target + fill);
        int source = stream.position();
        int sourceEnd = stream.limit();
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
        hold(first);
        return target;
    }

    /// Keeps what the block in which the records end holds now.
    ///
    /// @param first the sector with which the buffer begins
    private void hold(long first) {
        long from = Math.max(first, blockBegin(sector));
        knownSector = Math.max(knownSector, blockBegin(sector));
        int begin = (int) (from - first) * SectorLayout.SECTOR_BYTES;
        buffer.get(begin, held, placeInBlock(from), (int) (sector - from) * SectorLayout.SECTOR_BYTES + fill);
    }

    /// The sector as it is, with nothing behind what it holds.
    public ByteBuffer layOutHeld() {
        buffer.clear().put(held, placeInBlock(sector), fill).put(ZEROS, 0, SectorLayout.STREAM_BYTES - fill);
        return buffer.putLong(fill == 0 ? 0 : SectorLayout.mark(sequence, sector, fill)).flip();
    }

    private void reserve(int sizeBytes) {
        int sectorCount = Math.min(sizeBytes / SectorLayout.STREAM_BYTES + 1, SECTOR_COUNT_MAX);
        if (buffer.capacity() < sectorCount * SectorLayout.SECTOR_BYTES) {
            buffer = newBuffer(SECTOR_COUNT_MAX);
        }
    }
}
