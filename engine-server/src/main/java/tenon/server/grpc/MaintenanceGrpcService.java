package tenon.server.grpc;

import io.grpc.ServerServiceDefinition;
import tenon.server.auth.AuthService;
import tenon.server.error.EtcdError;
import tenon.server.maintenance.MaintenanceService;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AlarmResponse;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.DefragmentRequest;
import tenon.server.rpc.DefragmentResponse;
import tenon.server.rpc.HashKVRequest;
import tenon.server.rpc.HashKVResponse;
import tenon.server.rpc.HashRequest;
import tenon.server.rpc.HashResponse;
import tenon.server.rpc.MaintenanceGrpc;
import tenon.server.rpc.MoveLeaderRequest;
import tenon.server.rpc.MoveLeaderResponse;
import tenon.server.rpc.StatusRequest;
import tenon.server.rpc.StatusResponse;

/// `etcdserverpb.Maintenance`. What may block runs on lanes: the state of a node must be had while it defragments, and
/// while clients that read slowly take snapshots. While authentication is on, what burdens the node or shows all of it is
/// for those with the root role.
final class MaintenanceGrpcService {
    private MaintenanceGrpcService() {}

    static ServerServiceDefinition bind(MaintenanceService service, AuthService auth, Lanes lanes) {
        return new ServiceMethods(MaintenanceGrpc.getServiceDescriptor())
                .add(MaintenanceGrpc.getAlarmMethod(), new UnaryMethod<AlarmRequest, AlarmResponse>(request -> {
                    checkAlarm(request);
                    boolean isQuestion = request.getAction() == AlarmRequest.AlarmAction.GET;
                    return (isQuestion ? auth.checkKnown() : auth.checkRoot())
                            .thenCompose(_ -> service.alarm(request));
                }))
                .add(
                        MaintenanceGrpc.getStatusMethod(),
                        new UnaryMethod<StatusRequest, StatusResponse>(_ -> auth.checkKnown()
                                .thenCompose(_ -> lanes.state().call(service::status))))
                .add(
                        MaintenanceGrpc.getDefragmentMethod(),
                        new UnaryMethod<DefragmentRequest, DefragmentResponse>(_ -> auth.checkRoot()
                                .thenCompose(_ -> lanes.work().call(service::defragment))))
                .add(
                        MaintenanceGrpc.getHashMethod(),
                        new UnaryMethod<HashRequest, HashResponse>(_ -> auth.checkRoot()
                                .thenCompose(_ -> lanes.work().call(service::hash))))
                .add(
                        MaintenanceGrpc.getHashKVMethod(),
                        new UnaryMethod<HashKVRequest, HashKVResponse>(request -> auth.checkRoot()
                                .thenCompose(_ -> lanes.work().call(() -> service.hashKeyspace(request)))))
                .add(
                        MaintenanceGrpc.getMoveLeaderMethod(),
                        new UnaryMethod<MoveLeaderRequest, MoveLeaderResponse>(request -> auth.checkRoot()
                                .thenCompose(_ -> service.moveLeader(request))))
                .add(MaintenanceGrpc.getSnapshotMethod(), new SnapshotMethod(service, auth, lanes.snapshots()))
                .build();
    }

    private static void checkAlarm(AlarmRequest request) {
        if (request.getAction() == AlarmRequest.AlarmAction.UNRECOGNIZED
                || request.getAlarm() == AlarmType.UNRECOGNIZED) {
            throw EtcdError.UNKNOWN_ENUM_VALUE.exception();
        }
    }
}
