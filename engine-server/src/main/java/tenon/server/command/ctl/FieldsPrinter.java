package tenon.server.command.ctl;

import com.google.protobuf.ByteString;
import java.io.PrintStream;
import java.util.List;
import tenon.server.rpc.AlarmMember;
import tenon.server.rpc.AlarmResponse;
import tenon.server.rpc.AuthRoleGetResponse;
import tenon.server.rpc.DeleteRangeResponse;
import tenon.server.rpc.Event;
import tenon.server.rpc.KeyValue;
import tenon.server.rpc.Member;
import tenon.server.rpc.MemberListResponse;
import tenon.server.rpc.Permission;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.ResponseHeader;
import tenon.server.rpc.ResponseOp;
import tenon.server.rpc.StageLatency;
import tenon.server.rpc.StagesResponse;
import tenon.server.rpc.StatusResponse;
import tenon.server.rpc.TxnResponse;
import tenon.server.rpc.WatchResponse;

/// One field on each line: `"Name" : value`, texts in Go's quotes.
final class FieldsPrinter extends Printer {
    private final PrintStream out;

    FieldsPrinter(PrintStream out) {
        super("fields");
        this.out = out;
    }

    @Override
    void put(PutResponse response) {
        header(response.getHeader());
        if (response.hasPrevKv()) {
            pair("Prev", response.getPrevKv());
        }
    }

    @Override
    void range(RangeResponse response) {
        header(response.getHeader());
        response.getKvsList().forEach(pair -> pair("", pair));
        field("More", response.getMore());
        field("Count", response.getCount());
    }

    @Override
    void delete(DeleteRangeResponse response) {
        header(response.getHeader());
        field("Deleted", response.getDeleted());
        response.getPrevKvsList().forEach(pair -> pair("Prev", pair));
    }

    @Override
    void txn(TxnResponse response) {
        header(response.getHeader());
        field("Succeeded", response.getSucceeded());
        for (ResponseOp op : response.getResponsesList()) {
            switch (op.getResponseCase()) {
                case RESPONSE_PUT -> put(op.getResponsePut());
                case RESPONSE_RANGE -> range(op.getResponseRange());
                case RESPONSE_DELETE_RANGE -> delete(op.getResponseDeleteRange());
                case RESPONSE_TXN -> txn(op.getResponseTxn());
                case RESPONSE_NOT_SET -> out.println("\"Unknown\" : \"\"");
            }
        }
    }

    @Override
    void watch(WatchResponse response) {
        header(response.getHeader());
        for (Event event : response.getEventsList()) {
            field("Type", event.getType());
            if (event.hasPrevKv()) {
                pair("Prev", event.getPrevKv());
            }
            pair("", event.getKv());
        }
    }

    @Override
    void alarm(AlarmResponse response) {
        header(response.getHeader());
        for (AlarmMember alarm : response.getAlarmsList()) {
            field("MemberID", Long.toUnsignedString(alarm.getMemberID()));
            field("AlarmType", alarm.getAlarm());
            out.println();
        }
    }

    @Override
    void members(MemberListResponse response) {
        header(response.getHeader());
        for (Member member : response.getMembersList()) {
            field("ID", Long.toUnsignedString(member.getID()));
            field("Name", GoText.quote(member.getName()));
            member.getPeerURLsList().forEach(url -> field("PeerURL", GoText.quote(url)));
            member.getClientURLsList().forEach(url -> field("ClientURL", GoText.quote(url)));
            field("IsLearner", member.getIsLearner());
            out.println();
        }
    }

    @Override
    void roleGet(String role, AuthRoleGetResponse response) {
        header(response.getHeader());
        for (Permission permission : response.getPermList()) {
            // With a second blank, as etcdctl has it.
            field("PermType", " " + permission.getPermType());
            field("Key", quote(permission.getKey()));
            field("RangeEnd", quote(permission.getRangeEnd()));
        }
    }

    @Override
    void status(List<EndpointStatus> statuses) {
        for (EndpointStatus at : statuses) {
            StatusResponse status = at.status();
            header(status.getHeader());
            field("Version", GoText.quote(status.getVersion()));
            field("DBSize", status.getDbSize());
            field("Leader", Long.toUnsignedString(status.getLeader()));
            field("IsLearner", status.getIsLearner());
            field("RaftIndex", Long.toUnsignedString(status.getRaftIndex()));
            field("RaftTerm", Long.toUnsignedString(status.getRaftTerm()));
            field("RaftAppliedIndex", Long.toUnsignedString(status.getRaftAppliedIndex()));
            field("Errors", "[" + String.join(" ", status.getErrorsList()) + "]");
            field("Endpoint", GoText.quote(at.endpoint()));
            out.println();
        }
    }

    @Override
    void health(List<EndpointHealth> healths) {
        for (EndpointHealth health : healths) {
            field("Endpoint", GoText.quote(health.endpoint()));
            field("Health", health.isHealthy());
            field("Took", health.took());
            field("Error", health.problem());
            out.println();
        }
    }

    @Override
    void hash(List<EndpointHash> hashes) {
        for (EndpointHash at : hashes) {
            header(at.hash().getHeader());
            field("Endpoint", GoText.quote(at.endpoint()));
            field("Hash", Integer.toUnsignedString(at.hash().getHash()));
            out.println();
        }
    }

    @Override
    void snapshot(SnapshotFile.Status status) {
        field("Hash", Integer.toUnsignedString(status.hash()));
        field("Revision", status.revision());
        field("Keys", status.keyCount());
        field("Size", status.sizeBytes());
    }

    @Override
    void stages(StagesResponse response) {
        for (StageLatency stage : response.getStagesList()) {
            field("Stage", GoText.quote(stage.getStage()));
            field("Count", stage.getCount());
            field("P50Ns", stage.getP50Ns());
            field("P99Ns", stage.getP99Ns());
            field("P999Ns", stage.getP999Ns());
            field("MaxNs", stage.getMaxNs());
            out.println();
        }
    }

    private void header(ResponseHeader header) {
        field("ClusterID", Long.toUnsignedString(header.getClusterId()));
        field("MemberID", Long.toUnsignedString(header.getMemberId()));
        field("Revision", header.getRevision());
        field("RaftTerm", Long.toUnsignedString(header.getRaftTerm()));
    }

    private void pair(String prefix, KeyValue pair) {
        field(prefix + "Key", quote(pair.getKey()));
        field(prefix + "CreateRevision", pair.getCreateRevision());
        field(prefix + "ModRevision", pair.getModRevision());
        field(prefix + "Version", pair.getVersion());
        field(prefix + "Value", quote(pair.getValue()));
        field(prefix + "Lease", pair.getLease());
    }

    private static String quote(ByteString bytes) {
        return GoText.quote(bytes.toByteArray());
    }

    private void field(String name, Object value) {
        out.println("\"" + name + "\" : " + value);
    }
}
