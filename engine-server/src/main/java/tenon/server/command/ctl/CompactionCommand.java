package tenon.server.command.ctl;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.server.command.CommandException;
import tenon.server.rpc.CompactionRequest;

@Command(name = "compaction", description = "Drop all versions that are older than a revision.")
final class CompactionCommand extends CtlAction {
    @Parameters(arity = "0..*", paramLabel = "REVISION", description = "What is older goes.")
    List<String> arguments = new ArrayList<>();

    @Option(names = "--physical", description = "Wait until the pages are free.")
    boolean physical;

    @Override
    protected void run() {
        if (arguments.size() != 1) {
            throw badArguments("compaction command needs 1 argument");
        }
        long revision = parse(arguments.getFirst());
        var request = CompactionRequest.newBuilder()
                .setRevision(revision)
                .setPhysical(physical)
                .build();
        ask(connection -> connection.kv().compact(request));
        console().out().println("compacted revision " + revision);
    }

    private static long parse(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw CommandException.failed("\"" + text + "\" is not a revision: give a number");
        }
    }
}
