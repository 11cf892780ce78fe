package tenon.server.command.db;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.btree.StoreInspector;
import tenon.server.command.Bytes;
import tenon.server.command.CommandException;
import tenon.server.command.ExitCode;

@Command(name = "get", description = "Print one value. A key that begins with 0x is taken as hexadecimal.")
final class GetCommand extends StoreAction {
    @Parameters(index = "1..*", arity = "1..*", paramLabel = "BUCKET... KEY", description = "The bucket, then the key.")
    List<String> names = List.of();

    @Option(names = "--format", defaultValue = "AUTO", description = "auto, hex or raw (default: auto).")
    Bytes format = Bytes.AUTO;

    @Override
    void inspect(StoreInspector store) {
        if (names.size() < 2) {
            throw new CommandException(ExitCode.USAGE, "give a bucket and a key");
        }
        String key = names.getLast();
        var value = bucket(store, names.subList(0, names.size() - 1)).get(Bytes.AUTO.take(key));
        if (value == null) {
            throw CommandException.failed("there is no key \"" + key + "\"");
        }
        line(format.show(value.toByteArray()));
    }
}
