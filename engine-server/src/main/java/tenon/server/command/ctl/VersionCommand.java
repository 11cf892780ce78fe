package tenon.server.command.ctl;

import picocli.CommandLine.Command;
import tenon.server.ServerVersion;

@Command(name = "version", description = "Print the version of this client.")
final class VersionCommand extends CtlAction {
    @Override
    protected void run() {
        console().out().println("tenon ctl version: " + ServerVersion.ofTenon());
        console().out().println("API version: 3.4");
    }
}
