package tenon.server.command.ctl;

import picocli.CommandLine.Command;
import tenon.server.command.Version;

@Command(name = "version", description = "Print the version of this client.")
final class VersionCommand extends CtlAction {
    @Override
    protected void run() {
        console().out().println("tenon ctl version: " + Version.current());
        console().out().println("API version: 3.4");
    }
}
