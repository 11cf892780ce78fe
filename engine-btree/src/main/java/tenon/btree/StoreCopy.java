package tenon.btree;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import tenon.api.StorageIoException;

/// Copies a commit page by page: the copy is a valid store file with just that commit.
final class StoreCopy {
    private StoreCopy() {}

    /// Every page in use is verified on the way; free pages are written as zeros.
    ///
    /// @return bytes written
    static long write(BTreeTx tx, OutputStream target) {
        PageFile file = tx.file;
        Freelist freelist = FreelistReader.read(tx.meta, file);
        byte[] buffer = new byte[file.pageSizeBytes];
        byte[] zeros = new byte[file.pageSizeBytes];
        PageView page = new PageView();
        try {
            ByteBuffer metaPage = tx.meta.encode();
            metaPage.get(buffer);
            target.write(buffer);
            target.write(buffer);
            for (long pageId = PageLayout.META_PAGE_COUNT; pageId < tx.meta.highWaterMark(); ) {
                if (freelist.isUnused(pageId)) {
                    target.write(zeros);
                    pageId++;
                    continue;
                }
                file.verify(pageId, page);
                int pageCount = page.type() == PageLayout.TYPE_OVERFLOW ? page.overflowCount() + 1 : 1;
                tx.loadRun(pageId, pageCount, page);
                for (int i = 0; i < pageCount; i++) {
                    long offset = page.base + (long) i * file.pageSizeBytes;
                    MemorySegment.copy(page.segment, PageLayout.BYTE, offset, buffer, 0, buffer.length);
                    tx.checkOpen();
                    target.write(buffer);
                }
                pageId += pageCount;
            }
        } catch (IOException e) {
            throw new StorageIoException("write a copy", file.path(), e);
        } catch (IllegalStateException | InternalError e) {
            throw tx.onFault(e);
        }
        return tx.meta.highWaterMark() * file.pageSizeBytes;
    }
}
