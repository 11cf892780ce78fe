package tenon.server.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/// Collects the methods of a service. Bytes that are no request of a method reach its handler as null: what a marshaller
/// throws would pass through the event loop into the log, with nothing said to the client.
final class ServiceMethods {
    private final ServiceDescriptor service;
    private final Map<MethodDescriptor<?, ?>, ServerCallHandler<?, ?>> handlers = new LinkedHashMap<>();

    ServiceMethods(ServiceDescriptor service) {
        this.service = service;
    }

    <Q, R> ServiceMethods add(MethodDescriptor<Q, R> method, ServerCallHandler<Q, R> handler) {
        MethodDescriptor<Q, R> tolerant = method.toBuilder(
                        new TolerantMarshaller<>(method.getRequestMarshaller()), method.getResponseMarshaller())
                .build();
        handlers.put(tolerant, handler);
        return this;
    }

    ServerServiceDefinition build() {
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(service.getName()).setSchemaDescriptor(service.getSchemaDescriptor());
        handlers.keySet().forEach(descriptor::addMethod);
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(descriptor.build());
        handlers.forEach((method, handler) -> bind(definition, method, handler));
        return definition.build();
    }

    /// The two belong together, as [#add] made sure.
    @SuppressWarnings("unchecked")
    private static <Q, R> void bind(
            ServerServiceDefinition.Builder definition,
            MethodDescriptor<Q, R> method,
            ServerCallHandler<?, ?> handler) {
        definition.addMethod(method, (ServerCallHandler<Q, R>) handler);
    }

    private record TolerantMarshaller<Q>(MethodDescriptor.Marshaller<Q> strict)
            implements MethodDescriptor.Marshaller<Q> {
        @Override
        public InputStream stream(Q request) {
            return strict.stream(request);
        }

        @Override
        public Q parse(InputStream stream) {
            try {
                return strict.parse(stream);
            } catch (StatusRuntimeException _) {
                return null;
            }
        }
    }
}
