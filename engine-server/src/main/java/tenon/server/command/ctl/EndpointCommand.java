package tenon.server.command.ctl;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tenon.server.command.CommandException;
import tenon.server.command.Group;
import tenon.server.rpc.HashKVRequest;
import tenon.server.rpc.Member;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.StatusRequest;

@Command(
        name = "endpoint",
        description = "Ask each node for itself.",
        subcommands = {
            EndpointCommand.StatusCommand.class,
            EndpointCommand.HealthCommand.class,
            EndpointCommand.HashCommand.class
        })
final class EndpointCommand extends Group {
    /// Asks every endpoint; complaints about those that fail go to standard error.
    private abstract static class EachCommand extends CtlAction {
        @Option(names = "--cluster", description = "All nodes of the cluster.")
        boolean cluster;

        /// @return the answers of those that gave one
        static <R> List<R> askEach(
                CtlAction action, List<String> endpoints, String what, Function<Connection, R> call) {
            var answers = new ArrayList<R>();
            for (String endpoint : endpoints) {
                try {
                    answers.add(action.askAt(endpoint, call));
                } catch (StatusRuntimeException e) {
                    action.complain("Failed to get the " + what + " of endpoint " + endpoint + " (" + Connection.describe(e) + ")");
                }
            }
            return answers;
        }
    }

    @Command(name = "status", description = "Print version, size, leader and Raft state of each node.")
    static final class StatusCommand extends EachCommand {
        @Override
        protected void run() {
            printStatus(this, endpoints(this, cluster));
        }
    }

    static void printStatus(CtlAction action, List<String> endpoints) {
        Printer printer = action.printer();
        var request = StatusRequest.getDefaultInstance();
        var statuses = EachCommand.askEach(action, endpoints, "status", connection ->
                new Printer.EndpointStatus(connection.endpoint(), connection.maintenance().status(request)));
        printer.status(statuses);
        if (statuses.size() < endpoints.size()) {
            throw CommandException.failed(null);
        }
    }

    @Command(name = "health", description = "Tell whether each node can serve.")
    static final class HealthCommand extends EachCommand {
        /// A read of it asks the leader, whether it is there or not.
        private static final RangeRequest PROBE = RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("health"))
                .build();

        @Override
        protected void run() {
            Printer printer = printer();
            List<Printer.EndpointHealth> healths = new ArrayList<>();
            endpoints(this, cluster).forEach(endpoint -> healths.add(health(endpoint)));
            healths.sort(Comparator.comparing(health -> !health.isHealthy()));
            printer.health(healths);
            if (!healths.stream().allMatch(Printer.EndpointHealth::isHealthy)) {
                throw CommandException.failed("unhealthy cluster");
            }
        }

        private Printer.EndpointHealth health(String endpoint) {
            var clock = console().platform().clock();
            long startNs = clock.monotonicNs();
            String problem = "";
            try {
                askAt(endpoint, connection -> connection.kv().range(PROBE));
            } catch (StatusRuntimeException e) {
                boolean isForbidden = e.getStatus().getCode() == Status.Code.PERMISSION_DENIED;
                problem = isForbidden ? "" : Connection.describe(e);
            }
            return new Printer.EndpointHealth(endpoint, new Duration(clock.monotonicNs() - startNs), problem);
        }
    }

    @Command(name = "hashkv", description = "Print the hash of each node's key space.")
    static final class HashCommand extends EachCommand {
        @Option(names = "--rev", defaultValue = "0", description = "As of this revision.")
        long revision;

        @Override
        protected void run() {
            Printer printer = printer();
            List<String> endpoints = endpoints(this, cluster);
            var request = HashKVRequest.newBuilder().setRevision(revision).build();
            var hashes = askEach(this, endpoints, "hash", connection ->
                    new Printer.EndpointHash(connection.endpoint(), connection.maintenance().hashKV(request)));
            printer.hash(hashes);
            if (hashes.size() < endpoints.size()) {
                throw CommandException.failed(null);
            }
        }
    }

    /// The endpoints of the command line, or what the members say if asked for the cluster.
    static List<String> endpoints(CtlAction action, boolean isCluster) {
        if (!isCluster) {
            return action.ctl().endpoints;
        }
        var request = MemberListRequest.getDefaultInstance();
        return action.ask(connection -> connection.cluster().memberList(request)).getMembersList().stream()
                .map(Member::getClientURLsList)
                .flatMap(List::stream)
                .toList();
    }
}
