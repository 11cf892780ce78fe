package tenon.server.command.ctl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.server.command.CommandException;
import tenon.server.command.ExitCode;
import tenon.server.rpc.RangeRequest;

@Command(name = "get", description = "Get one key or a range of them.")
final class GetCommand extends CtlAction {
    @Parameters(arity = "0..*", paramLabel = "KEY [RANGE-END]", description = "First key, and the first not wanted.")
    List<String> arguments = new ArrayList<>();

    @Option(names = "--consistency", defaultValue = "l", description = "l: linearizable, s: serializable.")
    String consistency = "l";

    @Option(names = "--order", defaultValue = "", description = "ASCEND or DESCEND.")
    String order = "";

    @Option(names = "--sort-by", defaultValue = "", description = "CREATE, KEY, MODIFY, VALUE or VERSION.")
    String sortBy = "";

    @Option(names = "--limit", defaultValue = "0", description = "At most so many.")
    long limit;

    @Option(names = "--prefix", description = "All keys that begin with KEY.")
    boolean isPrefix;

    @Option(names = "--from-key", description = "All keys from KEY on.")
    boolean isFromKey;

    @Option(names = "--rev", defaultValue = "0", description = "As of this revision.")
    long revision;

    @Option(names = "--keys-only", description = "Without the values.")
    boolean keysOnly;

    @Option(names = "--count-only", description = "Only how many there are.")
    boolean countOnly;

    @Option(names = "--print-value-only", description = "Print the values without the keys.")
    boolean valueOnly;

    @Override
    protected void run() {
        Printer printer = printer();
        RangeRequest request = request();
        var response = ask(connection -> connection.kv().range(request));
        if (printer instanceof SimplePrinter simple) {
            simple.range(response, valueOnly, countOnly);
        } else {
            printer.range(response);
        }
    }

    RangeRequest request() {
        if (arguments.isEmpty() || arguments.size() > 2) {
            throw badArguments("get command needs one argument as key and an optional argument as range_end");
        }
        KeySpan span = KeySpan.of(arguments, isPrefix, isFromKey);
        RangeRequest.SortTarget target = sortTarget();
        RangeRequest.SortOrder sortOrder = sortOrder();
        return RangeRequest.newBuilder()
                .setKey(span.key())
                .setRangeEnd(span.end())
                .setLimit(limit)
                .setRevision(revision)
                .setSortTarget(target)
                .setSortOrder(sortOrder)
                .setSerializable(isSerializable(consistency))
                .setKeysOnly(keysOnly)
                .setCountOnly(countOnly)
                .build();
    }

    private RangeRequest.SortOrder sortOrder() {
        return switch (order.toUpperCase(Locale.ROOT)) {
            case "" -> RangeRequest.SortOrder.NONE;
            case "ASCEND" -> RangeRequest.SortOrder.ASCEND;
            case "DESCEND" -> RangeRequest.SortOrder.DESCEND;
            default -> throw badFeature("bad sort order " + order);
        };
    }

    private RangeRequest.SortTarget sortTarget() {
        return switch (sortBy.toUpperCase(Locale.ROOT)) {
            case "", "KEY" -> RangeRequest.SortTarget.KEY;
            case "CREATE" -> RangeRequest.SortTarget.CREATE;
            case "MODIFY" -> RangeRequest.SortTarget.MOD;
            case "VALUE" -> RangeRequest.SortTarget.VALUE;
            case "VERSION" -> RangeRequest.SortTarget.VERSION;
            default -> throw badFeature("bad sort target " + sortBy);
        };
    }

    private static CommandException badFeature(String message) {
        return new CommandException(ExitCode.BAD_FEATURE, message);
    }
}
