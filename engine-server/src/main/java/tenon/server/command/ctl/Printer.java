package tenon.server.command.ctl;

import com.google.protobuf.Message;
import java.util.List;
import tenon.server.command.CommandException;
import tenon.server.command.ExitCode;
import tenon.server.rpc.AlarmResponse;
import tenon.server.rpc.AuthRoleGetResponse;
import tenon.server.rpc.AuthStatusResponse;
import tenon.server.rpc.AuthUserGetResponse;
import tenon.server.rpc.DeleteRangeResponse;
import tenon.server.rpc.HashKVResponse;
import tenon.server.rpc.MemberAddResponse;
import tenon.server.rpc.MemberListResponse;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.StagesResponse;
import tenon.server.rpc.StatusResponse;
import tenon.server.rpc.TxnResponse;
import tenon.server.rpc.WatchResponse;

/// Prints answers in one of the formats. What a format cannot express, it refuses by name.
abstract class Printer {
    private final String format;

    Printer(String format) {
        this.format = format;
    }

    /// Prints an answer as a whole; what a format shows in its own way, it overrides.
    void print(Message answer) {
        throw unsupported();
    }

    void put(PutResponse response) {
        print(response);
    }

    void range(RangeResponse response) {
        print(response);
    }

    void delete(DeleteRangeResponse response) {
        print(response);
    }

    void txn(TxnResponse response) {
        print(response);
    }

    void watch(WatchResponse response) {
        print(response);
    }

    void alarm(AlarmResponse response) {
        print(response);
    }

    void members(MemberListResponse response) {
        print(response);
    }

    /// Something is done.
    ///
    /// @param sentence that says so to a person
    void done(String sentence, Message response) {
        print(response);
    }

    /// @param sentence that says to a person that it is done
    /// @param settings what a person starts the new member with
    void memberAdded(String sentence, List<String> settings, MemberAddResponse response) {
        print(response);
    }

    void authStatus(AuthStatusResponse response) {
        print(response);
    }

    void userGet(String user, AuthUserGetResponse response) {
        print(response);
    }

    void roleGet(String role, AuthRoleGetResponse response) {
        print(response);
    }

    /// @param names of users or roles
    void names(List<String> names, Message response) {
        print(response);
    }

    void status(List<EndpointStatus> statuses) {
        throw unsupported();
    }

    void health(List<EndpointHealth> healths) {
        throw unsupported();
    }

    void hash(List<EndpointHash> hashes) {
        throw unsupported();
    }

    void snapshot(SnapshotFile.Status status) {
        throw unsupported();
    }

    void stages(StagesResponse response) {
        print(response);
    }

    private CommandException unsupported() {
        return new CommandException(ExitCode.BAD_FEATURE, format + " not supported as output format");
    }

    /// @param endpoint as the user wrote it
    record EndpointStatus(String endpoint, StatusResponse status) {}

    /// @param endpoint as the user wrote it
    /// @param problem empty if the node is healthy
    record EndpointHealth(String endpoint, Duration took, String problem) {
        boolean isHealthy() {
            return problem.isEmpty();
        }
    }

    /// @param endpoint as the user wrote it
    record EndpointHash(String endpoint, HashKVResponse hash) {}
}
