package tenon.server.command.db;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tenon.api.Bucket;
import tenon.api.Cursor;
import tenon.btree.StoreInspector;
import tenon.server.command.Bytes;

@Command(
        name = "dump",
        description = "Print everything: a line for each key and value, with the names of its buckets before it.")
final class DumpCommand extends StoreAction {
    @Option(names = "--format", defaultValue = "AUTO", description = "auto or hex (default: auto).")
    Bytes format = Bytes.AUTO;

    @Override
    void inspect(StoreInspector store) {
        for (byte[] name : store.tx().bucketNames()) {
            dump(store.tx().bucket(name), List.of(Bytes.AUTO.show(name)));
        }
    }

    private void dump(Bucket bucket, List<String> path) {
        Cursor cursor = bucket.cursor();
        while (cursor.next()) {
            byte[] key = cursor.key().toByteArray();
            if (cursor.isBucket()) {
                var inner = new ArrayList<>(path);
                inner.add(Bytes.AUTO.show(key));
                bucket.findBucket(key).ifPresent(nested -> dump(nested, inner));
            } else {
                line(String.join("/", path) + " " + format.show(key) + " "
                        + format.show(cursor.value().toByteArray()));
            }
        }
    }
}
