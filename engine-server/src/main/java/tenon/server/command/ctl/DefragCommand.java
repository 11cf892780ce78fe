package tenon.server.command.ctl;

import io.grpc.StatusRuntimeException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tenon.server.command.CommandException;
import tenon.server.rpc.DefragmentRequest;

@Command(name = "defrag", description = "Give the free space in the nodes' files back to the disk.")
final class DefragCommand extends CtlAction {
    @Option(names = "--cluster", description = "All nodes of the cluster.")
    boolean cluster;

    @Override
    protected void run() {
        boolean isAllDone = true;
        for (String endpoint : EndpointCommand.endpoints(this, cluster)) {
            try {
                askAt(
                        endpoint,
                        connection -> connection.patientMaintenance().defragment(DefragmentRequest.getDefaultInstance()));
                console().out().println("Finished defragmenting etcd member[" + endpoint + "]");
            } catch (StatusRuntimeException e) {
                complain("Failed to defragment etcd member[" + endpoint + "] (" + Connection.describe(e) + ")");
                isAllDone = false;
            }
        }
        if (!isAllDone) {
            throw CommandException.failed(null);
        }
    }
}
