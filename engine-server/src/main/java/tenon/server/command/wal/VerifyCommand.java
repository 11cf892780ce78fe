package tenon.server.command.wal;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tenon.api.FileInUseException;
import tenon.api.Platform;
import tenon.btree.StoreInspector;
import tenon.mvcc.AppliedIndex;
import tenon.server.command.CommandException;
import tenon.wal.LogDiagnosis;
import tenon.wal.LogDiagnosis.Verdict;
import tenon.wal.LogInspector;

@Command(
        name = "verify",
        description = {
            "Tell whether the log is clean, torn (opening it cuts a write that was never synced) or corrupt.",
            "It is compared with the store that belongs to it: what the store holds, the log must have had."
        })
final class VerifyCommand extends LogAction {
    @Option(
            names = "--store",
            paramLabel = "FILE",
            description = "The store that belongs to the log (default: ../snap/db beside it, if there is one).")
    Path store;

    private String comparison;

    @Override
    protected void run() {
        LogInspector inspector = inspector();
        AppliedIndex applied = findApplied();
        LogDiagnosis diagnosis = inspector.verify(applied.raftIndex());
        console().out().println(diagnosis);
        console().out().println(comparison);
        if (diagnosis.verdict() == Verdict.CORRUPT) {
            throw CommandException.failed(directory + " is corrupt");
        }
        long begin = inspector.contents(applied.raftIndex()).snapshot().raftIndex();
        if (store != null && applied.raftIndex() < begin) {
            throw CommandException.failed(store + " holds the effect of " + applied.raftIndex() + " entries, but the log"
                    + " begins behind entry " + begin + ": the store is older than the log");
        }
    }

    /// What the store holds; without one that can be read, [#store] is null and nothing is known.
    private AppliedIndex findApplied() {
        Platform platform = console().platform();
        Path beside = directory.toAbsolutePath().normalize().resolveSibling("snap").resolve("db");
        if (store == null && platform.files().exists(beside)) {
            store = beside;
        }
        if (store == null) {
            comparison = "not compared: no store beside it, see --store";
            return AppliedIndex.NONE;
        }
        try (StoreInspector opened = StoreInspector.open(platform, store)) {
            AppliedIndex applied = AppliedIndex.of(opened.tx());
            comparison = "compared with " + store + ", which holds entries up to " + applied.raftIndex();
            return applied;
        } catch (FileInUseException e) {
            comparison = "not compared: " + store + " is in use";
            store = null;
            return AppliedIndex.NONE;
        }
    }
}
