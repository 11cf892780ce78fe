package tenon.server.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tenon.server.TlsFiles;

class PemIdentityTest {
    @TempDir
    static Path directory;

    private static final Map<String, TlsFiles> ISSUED = new HashMap<>();

    private static TlsFiles issued(String kind) throws IOException {
        if (!ISSUED.containsKey(kind)) {
            ISSUED.put(kind, new Certificates(directory.resolve(kind), kind).issue("one"));
        }
        return ISSUED.get(kind);
    }

    /// The older forms are what PKCS#8 wraps: its last octet string.
    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void shouldTakeKeysOfTheOlderForms(String kind) throws IOException {
        TlsFiles tls = issued(kind);
        byte[] certificate = Files.readAllBytes(tls.certFile());
        PrivateKey key = PemIdentity.of(certificate, Files.readAllBytes(tls.keyFile()), tls).key();
        byte[] older = older(key.getEncoded());
        String pem = "-----BEGIN EC PARAMETERS-----\nAAAA\n-----END EC PARAMETERS-----\n-----BEGIN " + kind
                + " PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(older) + "\n-----END " + kind
                + " PRIVATE KEY-----\n";
        PemIdentity identity = PemIdentity.of(certificate, pem.getBytes(StandardCharsets.US_ASCII), tls);
        assertEquals(key, identity.key());
        assertEquals(1, identity.chain().size());
    }

    private static byte[] older(byte[] pkcs8) {
        // Version and algorithm stand before it: it begins where a sequence begins that reaches to the end.
        for (int begin = pkcs8.length - 1; begin > 0; begin--) {
            for (int header : new int[] {2, 3, 4}) {
                if (pkcs8[begin] == 0x30 && begin > 10 && lengthAt(pkcs8, begin, header) == pkcs8.length - begin - header
                        && isKeySequence(pkcs8, begin + header)) {
                    return Arrays.copyOfRange(pkcs8, begin, pkcs8.length);
                }
            }
        }
        throw new IllegalStateException("no key in it");
    }

    /// Both older forms begin with a version of 0 or 1.
    private static boolean isKeySequence(byte[] der, int index) {
        return index + 2 < der.length && der[index] == 2 && der[index + 1] == 1 && der[index + 2] <= 1;
    }

    private static int lengthAt(byte[] der, int index, int header) {
        if (index + header > der.length) {
            return -1;
        }
        int first = der[index + 1] & 0xff;
        return switch (header) {
            case 2 -> first;
            case 3 -> first == 0x81 ? der[index + 2] & 0xff : -1;
            default -> first == 0x82 ? (der[index + 2] & 0xff) << 8 | der[index + 3] & 0xff : -1;
        };
    }

    @Test
    void shouldTakeNothingElseForAKey() throws IOException {
        TlsFiles tls = issued("EC");
        byte[] certificate = Files.readAllBytes(tls.certFile());
        for (String wrong : new String[] {
            "",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----"
        }) {
            byte[] file = wrong.getBytes(StandardCharsets.US_ASCII);
            assertThrows(TlsException.class, () -> PemIdentity.of(certificate, file, tls));
        }
        assertThrows(TlsException.class, () -> PemIdentity.of(new byte[0], Files.readAllBytes(tls.keyFile()), tls));
    }
}
