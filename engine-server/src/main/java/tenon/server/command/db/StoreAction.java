package tenon.server.command.db;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.api.Bucket;
import tenon.btree.StoreInspector;
import tenon.server.command.Action;
import tenon.server.command.ArgumentBytes;
import tenon.server.command.Bytes;
import tenon.server.command.CommandException;

/// A sub-command of `db`: opens the file with a shared lock, looks, and closes it.
abstract class StoreAction extends Action {
    @Parameters(index = "0", paramLabel = "FILE", description = "The store file.")
    Path file;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    boolean help;

    /// Prints what it finds.
    ///
    /// @throws CommandException if the file is not as it should be
    abstract void inspect(StoreInspector store);

    @Override
    protected void run() {
        try (StoreInspector store = StoreInspector.open(console().platform(), file)) {
            inspect(store);
        }
    }

    final void line(String text) {
        console().out().writeBytes(ArgumentBytes.encode(text));
        console().out().println();
    }

    /// Follows names from the outermost bucket inwards.
    static Bucket bucket(StoreInspector store, List<String> names) {
        Bucket bucket = null;
        for (String name : names) {
            byte[] bytes = Bytes.AUTO.take(name);
            var found = bucket == null ? store.tx().findBucket(bytes) : bucket.findBucket(bytes);
            bucket = found.orElseThrow(() -> CommandException.failed(
                    "there is no bucket \"" + name + "\": `tenon db buckets` lists what there is"));
        }
        return bucket;
    }
}
