package tenon.server.command.db;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.btree.SalvageReport;
import tenon.btree.StoreRepair;
import tenon.server.command.Action;
import tenon.server.command.CommandException;

@Command(
        name = "salvage",
        description = "Copy all that can be read of a damaged store into a new file, and say what is lost. "
                + "The store itself stays as it is.")
final class SalvageCommand extends Action {
    @Parameters(index = "0", paramLabel = "SOURCE", description = "The store file, damaged in whatever way.")
    Path source;

    @Parameters(index = "1", paramLabel = "TARGET", description = "The new file; there must be none.")
    Path target;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    boolean help;

    @Override
    protected void run() {
        SalvageReport report = StoreRepair.salvage(console().platform(), source, target);
        report.findings().forEach(console().out()::println);
        line("commit", report.txid() < 0 ? "none was found" : report.txid());
        line("pages", report.pageCount());
        line("damaged pages", report.damagedPageCount());
        line("buckets saved", report.bucketCount());
        line("keys saved", report.keyCount());
        line("of them found without their branch page", report.orphanKeyCount());
        line("of them as an earlier commit has them", report.olderKeyCount());
        line("of them in lost+found", report.lostAndFoundKeyCount());
        if (!report.isComplete()) {
            console().flush();
            throw CommandException.failed(target + " does not hold all that " + source + " held");
        }
    }

    private void line(String name, Object value) {
        console().out().println(name + ": " + value);
    }
}
