package tenon.server.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// The word `server` among the other commands, for their help. [Main] calls [ServerProcess] itself.
@Command(name = ServerCommand.WORD, description = "Run a node, with the flags of etcd.")
final class ServerCommand extends Action {
    static final String WORD = "server";

    @Unmatched
    List<String> arguments = new ArrayList<>();

    @Override
    protected void run() {
        new ServerProcess(console(), arguments).run();
    }
}
