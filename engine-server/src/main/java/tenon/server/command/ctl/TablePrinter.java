package tenon.server.command.ctl;

import java.io.PrintStream;
import java.util.List;
import tenon.server.rpc.Member;
import tenon.server.rpc.MemberListResponse;
import tenon.server.rpc.StagesResponse;
import tenon.server.rpc.StatusResponse;

/// Tables, for what has rows.
final class TablePrinter extends Printer {
    private final PrintStream out;

    TablePrinter(PrintStream out) {
        super("table");
        this.out = out;
    }

    @Override
    void members(MemberListResponse response) {
        print(List.of("ID", "STATUS", "NAME", "PEER ADDRS", "CLIENT ADDRS", "IS LEARNER"), memberRows(response));
    }

    @Override
    void status(List<EndpointStatus> statuses) {
        print(
                List.of(
                        "ENDPOINT",
                        "ID",
                        "VERSION",
                        "DB SIZE",
                        "IS LEADER",
                        "IS LEARNER",
                        "RAFT TERM",
                        "RAFT INDEX",
                        "RAFT APPLIED INDEX",
                        "ERRORS"),
                statusRows(statuses));
    }

    @Override
    void health(List<EndpointHealth> healths) {
        List<List<String>> rows = healths.stream()
                .map(health -> List.of(
                        health.endpoint(),
                        Boolean.toString(health.isHealthy()),
                        health.took().toString(),
                        health.problem()))
                .toList();
        print(List.of("ENDPOINT", "HEALTH", "TOOK", "ERROR"), rows);
    }

    @Override
    void hash(List<EndpointHash> hashes) {
        print(List.of("ENDPOINT", "HASH"), hashRows(hashes));
    }

    @Override
    void snapshot(SnapshotFile.Status status) {
        print(List.of("HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE"), List.of(snapshotRow(status)));
    }

    @Override
    void stages(StagesResponse response) {
        out.print(StageTable.of(response.getStagesList()));
    }

    private void print(List<String> headings, List<List<String>> rows) {
        out.print(new TextTable(headings, rows));
    }

    static List<List<String>> memberRows(MemberListResponse response) {
        return response.getMembersList().stream()
                .map(member -> List.of(
                        Long.toHexString(member.getID()),
                        hasStarted(member) ? "started" : "unstarted",
                        member.getName(),
                        String.join(",", member.getPeerURLsList()),
                        String.join(",", member.getClientURLsList()),
                        Boolean.toString(member.getIsLearner())))
                .toList();
    }

    private static boolean hasStarted(Member member) {
        return !member.getName().isEmpty();
    }

    static List<List<String>> statusRows(List<EndpointStatus> statuses) {
        return statuses.stream().map(TablePrinter::statusRow).toList();
    }

    private static List<String> statusRow(EndpointStatus at) {
        StatusResponse status = at.status();
        return List.of(
                at.endpoint(),
                Long.toHexString(status.getHeader().getMemberId()),
                status.getVersion(),
                Sizes.bytes(status.getDbSize()),
                Boolean.toString(status.getLeader() == status.getHeader().getMemberId()),
                Boolean.toString(status.getIsLearner()),
                Long.toUnsignedString(status.getRaftTerm()),
                Long.toUnsignedString(status.getRaftIndex()),
                Long.toUnsignedString(status.getRaftAppliedIndex()),
                String.join(", ", status.getErrorsList()));
    }

    static List<List<String>> hashRows(List<EndpointHash> hashes) {
        return hashes.stream()
                .map(at -> List.of(
                        at.endpoint(), Integer.toUnsignedString(at.hash().getHash())))
                .toList();
    }

    static List<String> snapshotRow(SnapshotFile.Status status) {
        return List.of(
                Integer.toHexString(status.hash()),
                Long.toString(status.revision()),
                Long.toString(status.keyCount()),
                Sizes.bytes(status.sizeBytes()));
    }
}
