package tenon.server.command.ctl;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import tenon.server.rpc.AlarmMember;
import tenon.server.rpc.AlarmResponse;
import tenon.server.rpc.AuthRoleGetResponse;
import tenon.server.rpc.AuthStatusResponse;
import tenon.server.rpc.AuthUserGetResponse;
import tenon.server.rpc.DeleteRangeResponse;
import tenon.server.rpc.Event;
import tenon.server.rpc.KeyValue;
import tenon.server.rpc.MemberAddResponse;
import tenon.server.rpc.MemberListResponse;
import tenon.server.rpc.Permission;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.ResponseOp;
import tenon.server.rpc.StagesResponse;
import tenon.server.rpc.TxnResponse;
import tenon.server.rpc.WatchResponse;

/// What a shell script wants: keys and values on lines of their own.
final class SimplePrinter extends Printer {
    private final PrintStream out;
    private final boolean hex;

    SimplePrinter(PrintStream out, boolean hex) {
        super("simple");
        this.out = out;
        this.hex = hex;
    }

    @Override
    void put(PutResponse response) {
        out.println("OK");
        if (response.hasPrevKv()) {
            pair(response.getPrevKv(), false);
        }
    }

    @Override
    void range(RangeResponse response) {
        range(response, false, false);
    }

    void range(RangeResponse response, boolean valueOnly, boolean countOnly) {
        if (countOnly) {
            out.println(response.getCount());
            return;
        }
        for (KeyValue pair : response.getKvsList()) {
            pair(pair, valueOnly);
        }
    }

    @Override
    void delete(DeleteRangeResponse response) {
        out.println(response.getDeleted());
        for (KeyValue pair : response.getPrevKvsList()) {
            pair(pair, false);
        }
    }

    @Override
    void txn(TxnResponse response) {
        out.println(response.getSucceeded() ? "SUCCESS" : "FAILURE");
        for (ResponseOp op : response.getResponsesList()) {
            out.println();
            switch (op.getResponseCase()) {
                case RESPONSE_PUT -> put(op.getResponsePut());
                case RESPONSE_RANGE -> range(op.getResponseRange());
                case RESPONSE_DELETE_RANGE -> delete(op.getResponseDeleteRange());
                case RESPONSE_TXN -> txn(op.getResponseTxn());
                case RESPONSE_NOT_SET -> out.println("unexpected response");
            }
        }
    }

    @Override
    void watch(WatchResponse response) {
        for (Event event : response.getEventsList()) {
            out.println(event.getType());
            if (event.hasPrevKv()) {
                pair(event.getPrevKv(), false);
            }
            pair(event.getKv(), false);
        }
    }

    @Override
    void alarm(AlarmResponse response) {
        for (AlarmMember alarm : response.getAlarmsList()) {
            out.println("memberID:" + Long.toUnsignedString(alarm.getMemberID()) + " alarm:" + alarm.getAlarm() + " ");
        }
    }

    @Override
    void members(MemberListResponse response) {
        TablePrinter.memberRows(response).forEach(row -> out.println(String.join(", ", row)));
    }

    @Override
    void done(String sentence, Message response) {
        out.println(sentence);
    }

    @Override
    void memberAdded(String sentence, List<String> settings, MemberAddResponse response) {
        out.println(sentence);
        out.println();
        settings.forEach(out::println);
    }

    @Override
    void authStatus(AuthStatusResponse response) {
        out.println("Authentication Status: " + response.getEnabled());
        out.println("AuthRevision: " + Long.toUnsignedString(response.getAuthRevision()));
    }

    @Override
    void userGet(String user, AuthUserGetResponse response) {
        out.println("User: " + user);
        out.println(response.getRolesList().stream().collect(Collectors.joining(" ", "Roles: ", "")).stripTrailing());
    }

    @Override
    void roleGet(String role, AuthRoleGetResponse response) {
        out.println("Role " + role);
        permissions("KV Read:", response, Permission.Type.WRITE);
        permissions("KV Write:", response, Permission.Type.READ);
    }

    /// @param other the type that does not belong here
    private void permissions(String heading, AuthRoleGetResponse response, Permission.Type other) {
        out.println(heading);
        for (Permission permission : response.getPermList()) {
            if (permission.getPermType() != other) {
                out.print('\t');
                out.writeBytes(KeySpan.of(permission).describe().toByteArray());
                out.println();
            }
        }
    }

    @Override
    void names(List<String> names, Message response) {
        names.forEach(out::println);
    }

    @Override
    void status(List<EndpointStatus> statuses) {
        TablePrinter.statusRows(statuses).forEach(row -> out.println(String.join(", ", row)));
    }

    @Override
    void health(List<EndpointHealth> healths) {
        for (EndpointHealth health : healths) {
            if (health.isHealthy()) {
                out.println(health.endpoint() + " is healthy: successfully committed proposal: took = "
                        + health.took());
            } else {
                out.println(health.endpoint() + " is unhealthy: failed to commit proposal: " + health.problem());
            }
        }
    }

    @Override
    void hash(List<EndpointHash> hashes) {
        TablePrinter.hashRows(hashes).forEach(row -> out.println(String.join(", ", row)));
    }

    @Override
    void snapshot(SnapshotFile.Status status) {
        out.println(String.join(", ", TablePrinter.snapshotRow(status)));
    }

    /// A person asks for these.
    @Override
    void stages(StagesResponse response) {
        out.print(StageTable.of(response.getStagesList()));
    }

    private void pair(KeyValue pair, boolean valueOnly) {
        if (!valueOnly) {
            line(pair.getKey());
        }
        line(pair.getValue());
    }

    private void line(ByteString bytes) {
        if (hex) {
            for (int i = 0; i < bytes.size(); i++) {
                out.printf("\\x%02x", bytes.byteAt(i) & 0xff);
            }
        } else {
            out.writeBytes(bytes.toByteArray());
        }
        out.println();
    }
}
