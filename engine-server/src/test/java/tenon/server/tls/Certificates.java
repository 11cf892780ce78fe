package tenon.server.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tenon.server.TlsFiles;

/// A certificate authority for one test, made by the JDK's keytool, and certificates from it as PEM files.
public final class Certificates {
    private static final String PASSWORD = "only-for-this-test";
    private static final String AUTHORITY = "authority";

    private final Path directory;
    private final Path store;
    private final String keyKind;

    /// @param directory for its files
    /// @param keyKind `EC` or `RSA`
    public Certificates(Path directory, String keyKind) throws IOException {
        this.keyKind = keyKind;
        this.directory = Files.createDirectories(directory);
        this.store = directory.resolve("keys.p12");
        generate(AUTHORITY, "CN=" + directory.getFileName(), "-ext", "bc:c");
        write("ca.pem", "CERTIFICATE", certificate(AUTHORITY));
    }

    public Path authority() {
        return directory.resolve("ca.pem");
    }

    /// TLS with a certificate of its own, which is valid for loopback and for all uses.
    public TlsFiles issue(String commonName) throws IOException {
        generate(commonName, "CN=" + commonName, "-signer", AUTHORITY, "-ext", "san=ip:127.0.0.1,dns:localhost");
        write(commonName + ".pem", "CERTIFICATE", certificate(commonName));
        write(commonName + ".key", "PRIVATE KEY", key(commonName));
        return new TlsFiles(
                directory.resolve(commonName + ".pem"),
                directory.resolve(commonName + ".key"),
                authority(),
                true,
                List.of(),
                List.of());
    }

    private byte[] certificate(String alias) throws IOException {
        try {
            return keys().getCertificate(alias).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private byte[] key(String alias) throws IOException {
        try {
            return keys().getKey(alias, PASSWORD.toCharArray()).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private KeyStore keys() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream input = Files.newInputStream(store)) {
            keys.load(input, PASSWORD.toCharArray());
        }
        return keys;
    }

    private void write(String name, String kind, byte[] der) throws IOException {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
        Files.writeString(
                directory.resolve(name), "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    private void generate(String alias, String name, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                // It ends before any compiler pays off.
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-keyalg",
                keyKind,
                "-alias",
                alias,
                "-dname",
                name));
        command.addAll(List.of(more));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool: " + said);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
