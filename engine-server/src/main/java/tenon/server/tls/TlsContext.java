package tenon.server.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.NotSslRecordException;
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
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.StorageException;
import tenon.api.StorageFile;
import tenon.server.TlsFiles;

/// Certificates and key as they were last read. [#reload] takes changed files into use; connections that are there keep
/// what they began with. Safe for use by any thread.
public final class TlsContext {
    /// A chain of certificates is far shorter.
    private static final int FILE_SIZE_BYTES_MAX = 4 * 1024 * 1024;

    private final FileSystem files;
    private final TlsFiles options;
    private final Use use;
    private volatile Loaded loaded;

    /// Whose connections these are.
    public enum Use {
        /// Between members, which speak one protocol.
        MEMBERS("members", List.of()),
        /// Of clients. Who takes both gets HTTP/1.1: it is a browser or the like and wants a page, while clients of gRPC
        /// take HTTP/2 alone.
        CLIENTS("the client port", List.of("http/1.1", "h2")),
        /// To the endpoints that a command was given.
        ENDPOINTS("the command", List.of());

        private final String text;
        private final List<String> protocols;

        Use(String text, List<String> protocols) {
            this.text = text;
            this.protocols = protocols;
        }
    }

    private record Loaded(Contents contents, SslContext server, SslContext client) {}

    /// @param certificate null for those who have none to show, with its key
    /// @param trusted null if none is configured
    private record Contents(byte[] certificate, byte[] key, byte[] trusted) {
        boolean isSame(Contents other) {
            return Arrays.equals(certificate, other.certificate)
                    && Arrays.equals(key, other.key)
                    && Arrays.equals(trusted, other.trusted);
        }
    }

    private TlsContext(FileSystem files, TlsFiles options, Use use) {
        this.files = files;
        this.options = options;
        this.use = use;
        this.loaded = build(read(files, options, use));
    }

    /// For those who have a certificate to show.
    ///
    /// @throws TlsException if a file cannot be read or used
    public static TlsContext load(FileSystem files, TlsFiles options, Use use) {
        return new TlsContext(files, options, use);
    }

    /// For those who connect, with a certificate or without.
    ///
    /// @throws TlsException if a file cannot be read or used
    public static SslContextBuilder client(FileSystem files, TlsFiles options, Use use) {
        if (!options.hasCertificate()) {
            return client(new Contents(null, null, readTrusted(files, options, use)), options);
        }
        Contents contents = read(files, options, use);
        return withIdentity(client(contents, options), PemIdentity.of(contents.certificate, contents.key, options));
    }

    /// Reads the files again. If they cannot be used, those from before stay in use.
    public void reload(BiConsumer<Level, String> log) {
        try {
            Contents contents = read(files, options, use);
            if (!contents.isSame(loaded.contents)) {
                loaded = build(contents);
                log.accept(Level.INFO, "certificates of " + use.text + " were read anew from " + options.certFile());
            }
        } catch (TlsException e) {
            log.accept(Level.WARNING, "certificates of " + use.text + " stay as they were: " + e.getMessage());
        }
    }

    /// For one connection that was accepted. It has no limit of time of its own.
    public SslHandler newServerHandler(ByteBufAllocator allocator) {
        return unlimited(loaded.server.newHandler(allocator));
    }

    /// For one connection that is made. It has no limit of time of its own.
    ///
    /// @param host that the certificate of the other side must be valid for
    public SslHandler newClientHandler(ByteBufAllocator allocator, String host, int port) {
        return unlimited(loaded.client.newHandler(allocator, host, port));
    }

    /// Whom the certificate of who connected stands for: its common name, if it had to be shown (`--client-cert-auth`).
    ///
    /// @return empty for nobody
    public String findUser(SslHandler handler) {
        if (!options.clientCertAuth()) {
            return "";
        }
        try {
            return CertificateNames.shown(handler).commonNames().stream().findFirst().orElse("");
        } catch (SSLPeerUnverifiedException _) {
            return "";
        }
    }

    /// Whoever has the connection limits the time of all that comes before it is of use.
    private static SslHandler unlimited(SslHandler handler) {
        handler.setHandshakeTimeoutMillis(0);
        return handler;
    }

    /// What went wrong, in one line; null if that has nothing to do with TLS.
    public static String findReason(Throwable cause) {
        return switch (cause) {
            case NotSslRecordException _ -> "it does not speak TLS, where https is configured";
            case SSLException tls -> "TLS: " + tls.getMessage();
            default -> null;
        };
    }

    private static Contents read(FileSystem files, TlsFiles options, Use use) {
        return new Contents(
                read(files, use, "certificate", options.certFile()),
                read(files, use, "key", options.keyFile()),
                readTrusted(files, options, use));
    }

    private static byte[] readTrusted(FileSystem files, TlsFiles options, Use use) {
        return options.trustedCaFile() == null ? null : read(files, use, "trusted CA", options.trustedCaFile());
    }

    private static byte[] read(FileSystem files, Use use, String what, Path path) {
        if (path == null) {
            throw new TlsException("TLS of " + use.text + " needs a " + what + " file");
        }
        try (StorageFile file = files.open(path, OpenMode.READ)) {
            byte[] content = new byte[Math.toIntExact(Math.min(file.sizeBytes(), FILE_SIZE_BYTES_MAX))];
            file.read(0, ByteBuffer.wrap(content));
            return content;
        } catch (StorageException e) {
            throw new TlsException("the " + what + " of " + use.text + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Loaded build(Contents contents) {
        PemIdentity identity = PemIdentity.of(contents.certificate, contents.key, options);
        SslContextBuilder server = SslContextBuilder.forServer(identity.key(), identity.chain())
                .clientAuth(options.requiresClientCertificates() ? ClientAuth.REQUIRE : ClientAuth.NONE)
                .sslProvider(SslProvider.JDK);
        if (contents.trusted != null) {
            server.trustManager(trusted(contents, options));
        }
        if (!use.protocols.isEmpty()) {
            server.applicationProtocolConfig(new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    use.protocols));
        }
        try {
            return new Loaded(contents, server.build(), withIdentity(client(contents, options), identity).build());
        } catch (SSLException e) {
            throw new TlsException("TLS of " + use.text + " cannot be set up: " + e.getMessage(), e);
        }
    }

    private static SslContextBuilder client(Contents contents, TlsFiles options) {
        SslContextBuilder client =
                SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS").sslProvider(SslProvider.JDK);
        return contents.trusted == null ? client : client.trustManager(trusted(contents, options));
    }

    private static SslContextBuilder withIdentity(SslContextBuilder builder, PemIdentity identity) {
        return builder.keyManager(identity.key(), identity.chain());
    }

    private static List<X509Certificate> trusted(Contents contents, TlsFiles options) {
        return PemIdentity.certificates(contents.trusted, "trusted CA " + options.trustedCaFile());
    }
}
