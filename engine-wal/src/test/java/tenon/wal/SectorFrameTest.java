package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.StorageFile;
import tenon.testkit.Seeds;
import tenon.wal.format.SectorFrame;

/// Sectors and blocks of one stream make the same file.
class SectorFrameTest {
    private static final int FILE_BYTES = 4 << 20;
    private static final int BLOCK_BYTES = StorageFile.BLOCK_BYTES;
    private static final int ALIGNMENT_BYTES = 8;

    private static void put(ByteBuffer from, byte[] file, long position) {
        from.get(file, (int) position, from.remaining());
    }

    private static byte[] stream(RandomGenerator random, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void shouldMakeTheSameFileOfSectorsAndOfBlocks() {
        RandomGenerator random = Seeds.random(SectorFrameTest.class);
        for (int round = 0; round < 200; round++) {
            byte[] bySectors = new byte[FILE_BYTES];
            byte[] byBlocks = new byte[FILE_BYTES];
            SectorFrame sectors = new SectorFrame();
            SectorFrame blocks = new SectorFrame();
            int begin = ALIGNMENT_BYTES * random.nextInt(2_000);
            byte[] before = stream(random, begin % 504);
            sectors.begin(7, begin, before);
            blocks.begin(7, begin, before);
            boolean wasWhole = false;
            for (int batch = 0; batch < 12; batch++) {
                int size = random.nextInt(10) == 0 ? 100_000 : random.nextInt(3) == 0 ? 600 : 30;
                byte[] bytes = stream(random, ALIGNMENT_BYTES * random.nextInt(1, size));
                ByteBuffer stream = ByteBuffer.wrap(bytes);
                while (stream.hasRemaining()) {
                    long position = sectors.filePosition();
                    put(sectors.layOut(stream).laidOut(), bySectors, position);
                    sectors.taken();
                }
                stream = ByteBuffer.wrap(bytes);
                // Now and then as sectors: the blocks go on behind them.
                boolean asSectors = random.nextInt(5) == 0;
                while (stream.hasRemaining()) {
                    long position = asSectors ? blocks.filePosition() : blocks.blockPosition();
                    // Also what comes in pieces, each behind the other.
                    ByteBuffer piece = stream.duplicate();
                    if (stream.remaining() > ALIGNMENT_BYTES && random.nextBoolean()) {
                        piece.limit(stream.position() + ALIGNMENT_BYTES);
                        blocks.layOut(piece);
                        stream.position(piece.position());
                    }
                    blocks.layOut(stream);
                    ByteBuffer laidOut = asSectors ? blocks.laidOut() : blocks.laidOutBlocks(FILE_BYTES);
                    boolean isWhole = position % BLOCK_BYTES == 0 && laidOut.remaining() % BLOCK_BYTES == 0;
                    assertTrue(asSectors || isWhole || !wasWhole, "whole blocks stay whole");
                    wasWhole |= isWhole && !asSectors;
                    put(laidOut, byBlocks, position);
                    blocks.taken();
                }
                assertArrayEquals(bySectors, byBlocks);
                assertEquals(sectors.filePosition(), blocks.filePosition());
            }
        }
    }

    /// What the frame makes of more of the stream; valid until the next call.
    private static ByteBuffer blocks(SectorFrame frame, int lengthBytes, long fileSizeBytes) {
        frame.taken();
        return frame.layOut(ByteBuffer.wrap(new byte[lengthBytes])).laidOutBlocks(fileSizeBytes);
    }

    @Test
    void shouldEndWithTheFile() {
        SectorFrame frame = new SectorFrame();
        frame.begin(1, 0, new byte[0]);
        assertEquals(1024, blocks(frame, 8, 1024).remaining());
        assertEquals(4 * 512, blocks(frame, 3 * 504, 1024).remaining());
        assertEquals(BLOCK_BYTES, blocks(frame, 8, FILE_BYTES).remaining());
        byte[] zeros = new byte[BLOCK_BYTES - 4 * 512];
        ByteBuffer last = blocks(frame, 8, FILE_BYTES);
        byte[] behind = new byte[zeros.length];
        last.get(4 * 512, behind);
        assertTrue(Arrays.equals(zeros, behind), "behind the records are zeros");
    }
}
