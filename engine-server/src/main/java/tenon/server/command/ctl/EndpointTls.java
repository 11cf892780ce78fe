package tenon.server.command.ctl;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.List;
import javax.net.ssl.SSLException;
import tenon.api.FileSystem;
import tenon.server.TlsFiles;
import tenon.server.command.CommandException;
import tenon.server.command.ExitCode;
import tenon.server.tls.TlsContext;
import tenon.server.tls.TlsException;

/// Which endpoints are spoken to over TLS, and how.
///
/// @param isDefault whether also those whose scheme is not given
/// @param isVerified whether their certificates count
record EndpointTls(FileSystem files, TlsFiles tls, boolean isDefault, boolean isVerified) {
    /// As the flags say: to name a file is to want TLS.
    ///
    /// @throws CommandException if they do not fit together
    static EndpointTls of(CtlCommand ctl, FileSystem files) {
        if ((ctl.cert == null) != (ctl.key == null)) {
            throw wrong("KeyFile and CertFile must both be present[key: " + text(ctl.key) + ", cert: " + text(ctl.cert) + "]");
        }
        return new EndpointTls(
                files,
                new TlsFiles(ctl.cert, ctl.key, ctl.cacert, false, List.of(), List.of()),
                ctl.cert != null || ctl.cacert != null || ctl.secureTransport,
                !ctl.insecureSkipTlsVerify);
    }

    private static String text(Object path) {
        return path == null ? "" : path.toString();
    }

    private static CommandException wrong(String message) {
        return new CommandException(ExitCode.BAD_ARGUMENTS, message);
    }

    /// @return null for an endpoint in the clear
    /// @throws CommandException if a file cannot be used
    SslContext findFor(String endpoint) {
        boolean isTls = endpoint.startsWith("https://") || isDefault && !endpoint.startsWith("http://");
        if (!isTls) {
            return null;
        }
        try {
            SslContextBuilder context = TlsContext.client(files, tls, TlsContext.Use.ENDPOINTS);
            if (!isVerified) {
                context.trustManager(InsecureTrustManagerFactory.INSTANCE);
            }
            return GrpcSslContexts.configure(context, SslProvider.JDK).build();
        } catch (TlsException | SSLException e) {
            throw wrong(e.getMessage());
        }
    }
}
