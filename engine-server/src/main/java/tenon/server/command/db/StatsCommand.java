package tenon.server.command.db;

import picocli.CommandLine.Command;
import tenon.api.StoreStats;
import tenon.btree.BucketInfo;
import tenon.btree.StoreInspector;

@Command(name = "stats", description = "Print sizes and counts.")
final class StatsCommand extends StoreAction {
    @Override
    void inspect(StoreInspector store) {
        StoreStats stats = store.stats();
        long keyCount = 0;
        long usedBytes = 0;
        long pageBytes = 0;
        for (BucketInfo bucket : store.buckets()) {
            keyCount += bucket.stats().keyCount();
            usedBytes += bucket.stats().usedBytes();
            pageBytes += bucket.stats().pageBytes();
        }
        line("format version: " + store.formatVersion());
        line("txid: " + stats.txid());
        line("page size: " + stats.pageSizeBytes());
        line("file size: " + stats.fileSizeBytes());
        line("in use: " + stats.inUseBytes());
        line("pages: " + stats.pageCount());
        line("free pages: " + stats.freePageCount());
        line("pending pages: " + stats.pendingPageCount());
        line("keys: " + keyCount);
        line("fill percent: " + (pageBytes == 0 ? 0 : usedBytes * 100 / pageBytes));
    }
}
