package tenon.wal.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Lays records out in sectors, each with its mark, to be appended to a segment. Only whole sectors are written: the one
/// in which the records end is written again with what was in it, so that each of its versions is complete.
public final class SectorFrame {
    private static final int SECTOR_COUNT_MAX = 2048;
    private static final int SECTOR_COUNT_MIN = 64;
    private static final byte[] ZEROS = new byte[SectorLayout.STREAM_BYTES];

    private ByteBuffer buffer = newBuffer(SECTOR_COUNT_MIN);
    private long sequence;
    private long sector;
    /// What the sector holds already.
    private final byte[] held = new byte[SectorLayout.STREAM_BYTES];
    // Invariant: 0 <= fill < STREAM_BYTES.
    private int fill;

    private static ByteBuffer newBuffer(int sectorCount) {
        return ByteBuffer.allocateDirect(sectorCount * SectorLayout.SECTOR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
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
        System.arraycopy(before, 0, held, 0, fill);
    }

    /// Where in the file the next bytes belong.
    public long filePosition() {
        return sector * SectorLayout.SECTOR_BYTES;
    }

    /// Takes as much of the stream as there is room for.
    ///
    /// @param stream its position moves on; what is behind it then is for the next call
    /// @return what to write, valid until the next call
    public ByteBuffer layOut(ByteBuffer stream) {
        reserve(fill + stream.remaining());
        int source = stream.position();
        int sourceEnd = stream.limit();
        int target = 0;
        buffer.clear().put(0, held, 0, fill);
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
                buffer.get(target, held, 0, fill);
            }
            target += SectorLayout.SECTOR_BYTES;
        }
        stream.position(source);
        return buffer.limit(target);
    }

    /// The sector as it is, with nothing behind what it holds.
    public ByteBuffer layOutHeld() {
        buffer.clear().put(held, 0, fill).put(ZEROS, 0, SectorLayout.STREAM_BYTES - fill);
        return buffer.putLong(fill == 0 ? 0 : SectorLayout.mark(sequence, sector, fill)).flip();
    }

    private void reserve(int streamBytes) {
        int sectorCount = Math.min(streamBytes / SectorLayout.STREAM_BYTES + 1, SECTOR_COUNT_MAX);
        if (buffer.capacity() < sectorCount * SectorLayout.SECTOR_BYTES) {
            buffer = newBuffer(SECTOR_COUNT_MAX);
        }
    }
}
