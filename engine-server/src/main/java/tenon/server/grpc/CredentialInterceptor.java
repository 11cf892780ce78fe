package tenon.server.grpc;

import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Iterator;
import tenon.server.auth.CallCredential;
import tenon.server.auth.Credential;

/// Takes a call's token out of its metadata: `token`, or else `authorization`. A call without one has the certificate of its
/// connection. Whose it is, and whether it is good, is found out where that counts.
final class CredentialInterceptor implements ServerInterceptor {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String token = findFirst(headers, TOKEN);
        if (token == null) {
            token = findFirst(headers, AUTHORIZATION);
        }
        Credential credential =
                token == null ? call.getAttributes().get(PortSharing.CERTIFICATE) : new Credential.Token(token);
        return credential == null
                ? next.startCall(call, headers)
                : Contexts.interceptCall(CallCredential.attached(credential), call, headers, next);
    }

    /// The first of several, as etcd takes it.
    private static String findFirst(Metadata headers, Metadata.Key<String> key) {
        Iterable<String> values = headers.getAll(key);
        if (values == null) {
            return null;
        }
        Iterator<String> first = values.iterator();
        return first.hasNext() ? first.next() : null;
    }
}
