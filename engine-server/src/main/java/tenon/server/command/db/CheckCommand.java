package tenon.server.command.db;

import picocli.CommandLine.Command;
import tenon.api.CheckReport;
import tenon.btree.StoreInspector;
import tenon.server.command.CommandException;

@Command(name = "check", description = "Verify every page: checksums, order of keys, each page used once.")
final class CheckCommand extends StoreAction {
    @Override
    void inspect(StoreInspector store) {
        CheckReport report = store.check();
        report.findings().forEach(this::line);
        if (!report.isClean()) {
            console().flush();
            throw CommandException.failed(file + " is damaged: " + report.findings().size() + " findings");
        }
        line("OK, " + report.checkedPageCount() + " pages");
    }
}
