package tenon.api;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongConsumer;

/// An ordered, transactional key-value store in one file. `docs/linking.md` shows a whole program.
///
/// One writer, any number of readers. A [ReadTx] sees the last commit before it began and nothing later; it takes no
/// lock that the writer needs, nor the reverse. Any thread may begin a transaction; a transaction, and what comes
/// from it, is used by one thread at a time.
///
/// A commit is durable when [WriteTx#commit] returns, unless the store was opened with relaxed sync.
public interface Store extends AutoCloseable {
    /// @throws MisuseException if the store is closed
    ReadTx beginRead();

    /// Waits for the writer before it, then begins.
    ///
    /// @throws StorageFailedException after a failed write or sync
    /// @throws MisuseException if the store is closed or read-only
    WriteTx beginWrite();

    /// Runs the work in a read transaction of its own.
    default <T> T read(Function<? super ReadTx, ? extends T> work) {
        try (ReadTx tx = beginRead()) {
            return work.apply(tx);
        }
    }

    /// Runs the work in a write transaction of its own: committed if it returns, rolled back if it throws. The work does
    /// not end the transaction itself.
    ///
    /// @throws MisuseException if this thread is in such a work already: it would wait for itself
    <T> T write(Function<? super WriteTx, ? extends T> work);

    /// Like [#write], but works that many threads bring at the same time share a transaction, and so a commit and its
    /// syncs. Returns when the commit is made. Of use only with several threads.
    ///
    /// The work may run more than once, on this thread or another one, and never at the same time twice; what earlier
    /// runs wrote is gone. So it should do nothing but read and write this store, and what else has to happen should
    /// follow when this method has returned. A work that throws is taken out of the shared transaction, the others run
    /// again without it, and it runs once more alone: this call returns or throws what it then does.
    <T> T writeBatched(Function<? super WriteTx, ? extends T> work);

    StoreStats stats();

    /// The open read transactions, the one on the oldest commit first. A reader that has been there for long holds back
    /// pages, and the file grows.
    List<ReaderInfo> readers();

    /// Verifies every page reachable or free: checksums, key order, fill, that each page is used exactly once.
    CheckReport check();

    /// Begins to verify the checksums of all pages in use, in steps that the caller makes. [#check] looks closer, and at
    /// all at once.
    Scrub scrub();

    /// Writes a consistent copy of the store, a valid store file, while reads and writes go on.
    ///
    /// @param onSize is told the size of the copy in bytes before the first byte is written
    /// @return bytes written
    long copyTo(OutputStream target, LongConsumer onSize);

    /// Like [#copyTo(OutputStream, LongConsumer)], for whoever need not know the size before.
    default long copyTo(OutputStream target) {
        return copyTo(target, sizeBytes -> {});
    }

    /// Copies the live data into a new file and swaps it in. Readers go on; the writer waits only for the swap.
    DefragmentReport defragment();

    /// One step of the online defragmentation: pages move from the end of the file to free places nearer its beginning,
    /// in a write transaction of their own, and the end is given back to the file system. Call it again and again until
    /// nothing is left to gain, and pause as long as you like between two calls: reads and writes go on.
    ///
    /// @param pageCountMax so many pages move at most, and some of those above them in their trees; a value in more pages
    ///     than that stays where it is
    /// @throws MisuseException if the store is read-only or closed, or the count is less than 1
    DefragmentStep defragmentStep(int pageCountMax);

    /// How long defragmentations, by steps or by a copy, held up the writer since the store was opened.
    PauseStats defragmentPauses();

    /// Makes all commits durable; of use only with relaxed sync.
    void sync();

    Path path();

    /// Waits for the writer, then closes. Transactions still open throw [TxEndedException] from then on.
    @Override
    void close();
}
