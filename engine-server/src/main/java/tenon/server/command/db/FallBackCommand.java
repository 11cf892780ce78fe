package tenon.server.command.db;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.btree.FallBackReport;
import tenon.btree.StoreRepair;
import tenon.server.command.Action;

/// Changes the file.
@Command(
        name = "fallback",
        description = "Go back to the commit before the newest, in place, if the newest is damaged and that one is whole. "
                + "What was changed since is lost.")
final class FallBackCommand extends Action {
    @Parameters(index = "0", paramLabel = "FILE", description = "The store file. Copy it first.")
    Path file;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    boolean help;

    @Override
    protected void run() {
        FallBackReport report = StoreRepair.fallBack(console().platform(), file);
        report.findings().forEach(console().out()::println);
        console().out().println("commit " + report.damagedTxid() + " was damaged as above and is given up");
        console().out().println("commit " + report.txid() + " is whole and stands again, as commit " + report.newTxid());
        console().out().println("lost: what commits " + (report.txid() + 1) + " to " + report.damagedTxid() + " changed");
    }
}
