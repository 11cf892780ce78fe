package tenon.server.command.ctl;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.server.rpc.DeleteRangeRequest;

@Command(name = "del", description = "Delete one key or a range of them.")
final class DelCommand extends CtlAction {
    @Parameters(arity = "0..*", paramLabel = "KEY [RANGE-END]", description = "First key, and the first to keep.")
    List<String> arguments = new ArrayList<>();

    @Option(names = "--prefix", description = "All keys that begin with KEY.")
    boolean isPrefix;

    @Option(names = "--from-key", description = "All keys from KEY on.")
    boolean isFromKey;

    @Option(names = "--prev-kv", description = "Print what was deleted.")
    boolean previous;

    @Override
    protected void run() {
        Printer printer = printer();
        DeleteRangeRequest request = request();
        printer.delete(ask(connection -> connection.kv().deleteRange(request)));
    }

    DeleteRangeRequest request() {
        if (arguments.isEmpty() || arguments.size() > 2) {
            throw badArguments("del command needs one argument as key and an optional argument as range_end");
        }
        KeySpan span = KeySpan.of(arguments, isPrefix, isFromKey);
        return DeleteRangeRequest.newBuilder()
                .setKey(span.key())
                .setRangeEnd(span.end())
                .setPrevKv(previous)
                .build();
    }
}
