package tenon.server.grpc;

import io.grpc.ServerServiceDefinition;
import tenon.server.auth.AuthService;
import tenon.server.maintenance.MaintenanceService;
import tenon.server.rpc.DiagnosticsGrpc;
import tenon.server.rpc.StagesRequest;
import tenon.server.rpc.StagesResponse;

/// `tenon.v1.Diagnostics`: what no etcd can tell.
final class DiagnosticsGrpcService {
    private DiagnosticsGrpcService() {}

    static ServerServiceDefinition bind(MaintenanceService service, AuthService auth, BlockingLane lane) {
        return new ServiceMethods(DiagnosticsGrpc.getServiceDescriptor())
                .add(
                        DiagnosticsGrpc.getStagesMethod(),
                        new UnaryMethod<StagesRequest, StagesResponse>(
                                _ -> auth.checkKnown().thenCompose(_ -> lane.call(service::stages))))
                .build();
    }
}
