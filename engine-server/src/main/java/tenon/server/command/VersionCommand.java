package tenon.server.command;

import picocli.CommandLine.Command;

@Command(name = "version", description = "Print the versions of Tenon and of the JVM it runs on.")
final class VersionCommand extends Action {
    @Override
    protected void run() {
        console().out().println("tenon " + Version.current());
        console().out().println("java " + Runtime.version());
    }
}
