package tenon.server.peer;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.StorageException;
import tenon.api.StorageFile;

/// Certificates and key as they were last read. [#reload] takes changed files into use; connections that are there keep
/// what they began with. Safe for use by any thread.
final class PeerTlsContext {
    /// A chain of certificates is far shorter.
    private static final int FILE_SIZE_BYTES_MAX = 4 * 1024 * 1024;

    private final FileSystem files;
    private final PeerTls options;
    private volatile Loaded loaded;

    private record Loaded(Contents contents, SslContext server, SslContext client) {}

    /// @param trusted null if none is configured
    private record Contents(byte[] certificate, byte[] key, byte[] trusted) {
        boolean isSame(Contents other) {
            return Arrays.equals(certificate, other.certificate)
                    && Arrays.equals(key, other.key)
                    && Arrays.equals(trusted, other.trusted);
        }
    }

    private PeerTlsContext(FileSystem files, PeerTls options) {
        this.files = files;
        this.options = options;
        this.loaded = build(read());
    }

    /// @throws PeerTlsException if a file cannot be read or used
    static PeerTlsContext load(FileSystem files, PeerTls options) {
        return new PeerTlsContext(files, options);
    }

    /// Reads the files again. If they cannot be used, those from before stay in use.
    void reload(Notices notices) {
        try {
            Contents contents = read();
            if (!contents.isSame(loaded.contents)) {
                loaded = build(contents);
                notices.log(Level.INFO, "certificates of members were read anew from " + options.certFile());
            }
        } catch (PeerTlsException e) {
            notices.log(Level.WARNING, "certificates of members stay as they were: " + e.getMessage());
        }
    }

    SslHandler newServerHandler(ByteBufAllocator allocator) {
        return unlimited(loaded.server.newHandler(allocator));
    }

    /// @param host that the certificate of the other side must be valid for
    SslHandler newClientHandler(ByteBufAllocator allocator, String host, int port) {
        return unlimited(loaded.client.newHandler(allocator, host, port));
    }

    /// [PeerConnection] limits the time of all that comes before a connection is of use.
    private static SslHandler unlimited(SslHandler handler) {
        handler.setHandshakeTimeoutMillis(0);
        return handler;
    }

    /// @throws PeerProtocolException if the certificate that was shown is not one of those that may connect
    void checkClient(SslHandler handler) {
        if (options.allowedCns().isEmpty() && options.allowedHostnames().isEmpty()) {
            return;
        }
        try {
            X509Certificate certificate = (X509Certificate)
                    handler.engine().getSession().getPeerCertificates()[0];
            CertificateNames names = CertificateNames.of(certificate);
            if (!names.isAllowed(options.allowedCns(), options.allowedHostnames())) {
                throw new PeerProtocolException(Notices.printable("a certificate of " + names.commonNames()
                        + " for " + names.hostnames() + ", which is not allowed"));
            }
        } catch (SSLPeerUnverifiedException _) {
            throw new PeerProtocolException("no certificate");
        }
    }

    private Contents read() {
        return new Contents(
                read("certificate", options.certFile()),
                read("key", options.keyFile()),
                options.trustedCaFile() == null ? null : read("trusted CA", options.trustedCaFile()));
    }

    private byte[] read(String what, Path path) {
        if (path == null) {
            throw new PeerTlsException("TLS between members needs a " + what + " file");
        }
        try (StorageFile file = files.open(path, OpenMode.READ)) {
            byte[] content = new byte[Math.toIntExact(Math.min(file.sizeBytes(), FILE_SIZE_BYTES_MAX))];
            file.read(0, ByteBuffer.wrap(content));
            return content;
        } catch (StorageException e) {
            throw new PeerTlsException("the " + what + " of members cannot be read: " + e.getMessage(), e);
        }
    }

    private Loaded build(Contents contents) {
        PemIdentity identity = PemIdentity.of(contents.certificate, contents.key, options);
        X509Certificate[] chain = identity.chain().toArray(X509Certificate[]::new);
        SslContextBuilder server = SslContextBuilder.forServer(identity.key(), chain);
        SslContextBuilder client = SslContextBuilder.forClient().keyManager(identity.key(), chain);
        if (contents.trusted != null) {
            List<X509Certificate> trusted =
                    PemIdentity.certificates(contents.trusted, "trusted CA " + options.trustedCaFile());
            server.trustManager(trusted);
            client.trustManager(trusted);
        }
        server.clientAuth(options.requiresClientCertificates() ? ClientAuth.REQUIRE : ClientAuth.NONE);
        client.endpointIdentificationAlgorithm("HTTPS");
        try {
            return new Loaded(
                    contents,
                    server.sslProvider(SslProvider.JDK).build(),
                    client.sslProvider(SslProvider.JDK).build());
        } catch (SSLException e) {
            throw new PeerTlsException("TLS between members cannot be set up: " + e.getMessage(), e);
        }
    }
}
