package tenon.server.command.ctl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tenon.api.StorageException;
import tenon.server.command.CommandException;
import tenon.server.command.ExitCode;
import tenon.server.command.Group;
import tenon.server.rpc.SnapshotRequest;

@Command(
        name = "snapshot",
        description = "Keep a copy of a node's store.",
        subcommands = {
            SnapshotCommand.SaveCommand.class,
            SnapshotCommand.StatusCommand.class,
            SnapshotRestoreCommand.class
        })
final class SnapshotCommand extends Group {
    @Command(name = "save", description = "Write a consistent copy of a node's store to a file.")
    static final class SaveCommand extends CtlAction {
        @Parameters(arity = "0..*", paramLabel = "FILE", description = "Where to.")
        List<String> arguments = new ArrayList<>();

        @Override
        protected void run() {
            if (arguments.size() != 1) {
                throw badArguments("snapshot save expects one argument");
            }
            if (ctl().endpoints.size() != 1) {
                throw badArguments("snapshot must be requested to one selected node, not multiple "
                        + ctl().endpoints);
            }
            Path target = Path.of(arguments.getFirst());
            try {
                ask(connection -> SnapshotFile.save(
                        console().platform().files(),
                        target,
                        connection.patientMaintenance().snapshot(SnapshotRequest.getDefaultInstance())));
            } catch (StorageException e) {
                throw new CommandException(ExitCode.INTERRUPTED, e.getMessage());
            }
            console().out().println("Snapshot saved at " + target);
        }
    }

    @Command(name = "status", description = "Check a snapshot file and print what is in it.")
    static final class StatusCommand extends CtlAction {
        @Parameters(arity = "0..*", paramLabel = "FILE", description = "The snapshot.")
        List<String> arguments = new ArrayList<>();

        @Override
        protected void run() {
            if (arguments.size() != 1) {
                throw badArguments("snapshot status requires exactly one argument");
            }
            Printer printer = printer();
            printer.snapshot(SnapshotFile.status(console().platform(), Path.of(arguments.getFirst())));
        }
    }
}
