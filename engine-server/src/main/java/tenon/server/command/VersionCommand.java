package tenon.server.command;

import picocli.CommandLine.Command;
import tenon.server.ServerVersion;

@Command(name = "version", description = "Print the versions of Tenon and of the JVM it runs on.")
final class VersionCommand extends Action {
    @Override
    protected void run() {
        console().out().println("tenon " + ServerVersion.ofTenon());
        console().out().println("java " + Runtime.version());
    }
}
