package tenon.server.command.db;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.api.Cursor;
import tenon.btree.StoreInspector;
import tenon.server.command.Bytes;

@Command(name = "keys", description = "Print the keys of a bucket in order.")
final class KeysCommand extends StoreAction {
    @Parameters(index = "1..*", arity = "1..*", paramLabel = "BUCKET", description = "Its name, behind those it lies in.")
    List<String> names = List.of();

    @Option(names = "--format", defaultValue = "AUTO", description = "auto, hex or raw (default: auto).")
    Bytes format = Bytes.AUTO;

    @Override
    void inspect(StoreInspector store) {
        Cursor cursor = bucket(store, names).cursor();
        while (cursor.next()) {
            line(format.show(cursor.key().toByteArray()));
        }
    }
}
