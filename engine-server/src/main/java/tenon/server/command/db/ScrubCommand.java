package tenon.server.command.db;

import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.api.Clock;
import tenon.api.Scrub;
import tenon.api.ScrubProgress;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.server.command.Action;
import tenon.server.command.CommandException;
import tenon.server.command.ExitCode;

@Command(name = "scrub", description = "Verify the checksums of all pages in use, at a given speed.")
final class ScrubCommand extends Action {
    private static final int STEPS_PER_SECOND = 10;

    @Parameters(index = "0", paramLabel = "FILE", description = "The store file.")
    Path file;

    @Option(
            names = "--pages-per-second",
            paramLabel = "N",
            description = "Verify no more than so many pages in a second (default: as many as possible).")
    int pagesPerSecond = Integer.MAX_VALUE;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    boolean help;

    @Override
    protected void run() {
        if (pagesPerSecond < 1) {
            throw new CommandException(ExitCode.USAGE, "--pages-per-second is at least 1");
        }
        BTreeOptions options = BTreeOptions.DEFAULT.withReadOnly(true);
        try (BTreeStore store = BTreeStore.open(console().platform(), file, options)) {
            ScrubProgress progress = scrub(store);
            progress.findings().forEach(console().out()::println);
            if (!progress.isClean()) {
                console().flush();
                throw CommandException.failed(file + " is damaged: " + progress.findings().size() + " findings");
            }
            console().out().println("OK, " + progress.checkedPageCount() + " pages in use");
        }
    }

    private ScrubProgress scrub(BTreeStore store) {
        Clock clock = console().platform().clock();
        Scrub scrub = store.scrub();
        long beginNs = clock.monotonicNs();
        while (scrub.step(Math.max(1, pagesPerSecond / STEPS_PER_SECOND))) {
            long dueNs = Math.round(scrub.progress().checkedPageCount() * 1e9 / pagesPerSecond);
            rest(clock, dueNs - (clock.monotonicNs() - beginNs));
        }
        return scrub.progress();
    }

    private static void rest(Clock clock, long ns) {
        if (ns > 0) {
            var rested = new Semaphore(0);
            clock.after(ns, rested::release);
            rested.acquireUninterruptibly();
        }
    }
}
