package tenon.server.command.db;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import tenon.api.BucketStats;
import tenon.btree.BucketInfo;
import tenon.btree.StoreInspector;
import tenon.server.command.ctl.TextTable;

@Command(name = "buckets", description = "Print all buckets, nested ones behind a slash.")
final class BucketsCommand extends StoreAction {
    @Override
    void inspect(StoreInspector store) {
        var rows = new ArrayList<List<String>>();
        for (BucketInfo bucket : store.buckets()) {
            BucketStats stats = bucket.stats();
            rows.add(List.of(
                    bucket.printablePath(),
                    Long.toString(stats.keyCount()),
                    Integer.toString(stats.depth()),
                    Long.toString(stats.leafPageCount()),
                    Long.toString(stats.branchPageCount()),
                    Long.toString(stats.overflowPageCount()),
                    Long.toString(stats.pageBytes()),
                    Long.toString(bucket.sequence())));
        }
        var headings = List.of("BUCKET", "KEYS", "DEPTH", "LEAF PAGES", "BRANCH PAGES", "OVERFLOW PAGES", "BYTES", "SEQUENCE");
        console().out().print(new TextTable(headings, rows));
    }
}
