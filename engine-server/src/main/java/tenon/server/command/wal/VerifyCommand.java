package tenon.server.command.wal;

import picocli.CommandLine.Command;
import tenon.server.command.CommandException;
import tenon.wal.LogDiagnosis;
import tenon.wal.LogDiagnosis.Verdict;

@Command(
        name = "verify",
        description = "Tell whether the log is clean, torn (opening it cuts a write that was never synced) or corrupt.")
final class VerifyCommand extends LogAction {
    @Override
    protected void run() {
        LogDiagnosis diagnosis = inspector().verify();
        console().out().println(diagnosis);
        if (diagnosis.verdict() == Verdict.CORRUPT) {
            throw CommandException.failed(directory + " is corrupt");
        }
    }
}
