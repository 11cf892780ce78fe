package tenon.bench.btree;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tenon.bench.measure.StoreDirectory;
import tenon.bench.measure.Table;

/// What is asked of Tenon alone. It runs only where it is named, in a JVM of its own.
enum SpecialWork {
    OPEN_UNCLEAN(
            "open-unclean",
            "Opening a file whose writer was killed while it committed; to reach: below 100 ms at 10 GB",
            List.of("file", "open, ms, each of three kills", "first get after it, ms", "to reach")),
    COMMIT_FREE_PAGES(
            "commit-free-pages",
            "A commit of one put, beside many free pages; to reach: within 10 % of without",
            List.of("sync", "free pages", "commit, us, median of blocks", "slowest block", "beside none", "to reach")),
    READER_PAUSE(
            "reader-pause",
            "Gets, each on the newest commit, while the writer makes the file grow tenfold; to reach: none longer than"
                    + " 1 ms",
            List.of("thread", "MB before .. after", "operations", "p50, us", "p99.9, us", "longest, us",
                    "longer than 1 ms", "to reach"));

    final String label;
    private final String title;
    private final List<String> columns;

    SpecialWork(String label, String title, List<String> columns) {
        this.label = label;
        this.title = title;
        this.columns = columns;
    }

    static Optional<SpecialWork> find(String label) {
        return Arrays.stream(values()).filter(work -> work.label.equals(label)).findFirst();
    }

    /// @param size gigabytes of [#OPEN_UNCLEAN], free pages of [#COMMIT_FREE_PAGES], keys of [#READER_PAUSE]
    Table run(PeerProcess process, Path directory, long size) throws IOException, InterruptedException {
        StoreDirectory home = new StoreDirectory(directory);
        home.wipe();
        try {
            Table table = new Table(title, columns.toArray(String[]::new));
            List<List<String>> rows = this == OPEN_UNCLEAN
                    ? new UncleanOpen(process, directory).run(size, 3)
                    : process.rows(SpecialMain.class, label, directory.toString(), Long.toString(size));
            rows.forEach(row -> table.add(row.toArray(String[]::new)));
            return table;
        } finally {
            home.delete();
        }
    }
}
