package tenon.server.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tenon.server.TlsFiles;

/// A chain of certificates and the key that goes with the first one, from PEM files as etcd takes them: the key is of
/// PKCS#8, or of the older forms that name its kind (`RSA PRIVATE KEY`, `EC PRIVATE KEY`), without a password.
record PemIdentity(List<X509Certificate> chain, PrivateKey key) {
    private static final Pattern KEY = Pattern.compile(
            "-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----\\s+([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    /// The number 0, as the version of a PKCS#8 key.
    private static final byte[] ZERO = {0x02, 0x01, 0x00};

    /// @throws TlsException if one of the two cannot be used, or they do not belong together
    static PemIdentity of(byte[] certificateFile, byte[] keyFile, TlsFiles names) {
        List<X509Certificate> chain = certificates(certificateFile, "certificate " + names.certFile());
        PublicKey publicKey = chain.getFirst().getPublicKey();
        PrivateKey key;
        try {
            key = privateKey(keyFile, publicKey);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new TlsException(
                    "the key " + names.keyFile() + " cannot be used: a PEM file without a password is wanted, of the kind "
                            + publicKey.getAlgorithm() + " as the certificate " + names.certFile(),
                    e);
        }
        if (!belongTogether(key, publicKey)) {
            throw new TlsException(
                    "the key " + names.keyFile() + " is not that of the certificate " + names.certFile());
        }
        return new PemIdentity(chain, key);
    }

    /// @param what named if there is none
    /// @throws TlsException if there is none
    static List<X509Certificate> certificates(byte[] file, String what) {
        List<X509Certificate> found = new ArrayList<>();
        try {
            for (var certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(file))) {
                found.add((X509Certificate) certificate);
            }
        } catch (CertificateException e) {
            throw new TlsException("the " + what + " is none: " + e.getMessage(), e);
        }
        if (found.isEmpty()) {
            throw new TlsException("the " + what + " is none: the file holds no certificate");
        }
        return found;
    }

    private static PrivateKey privateKey(byte[] file, PublicKey publicKey) throws GeneralSecurityException {
        Matcher pem = KEY.matcher(new String(file, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new IllegalArgumentException("no key");
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
        if (!pem.group(1).equals("PRIVATE KEY")) {
            // What the older forms leave out, the kind of the key and its curve, stands in the certificate.
            der = element(SEQUENCE, ZERO, algorithm(publicKey.getEncoded()), element(OCTET_STRING, der));
        }
        return KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    private static boolean belongTogether(PrivateKey key, PublicKey publicKey) {
        String algorithm = switch (publicKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> publicKey.getAlgorithm();
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(ZERO);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(ZERO);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    // ---- DER

    /// The first element in the sequence that a public key is: what kind of key it is.
    private static byte[] algorithm(byte[] publicKey) {
        int begin = contentIndex(publicKey, 0);
        int end = contentIndex(publicKey, begin) + contentLength(publicKey, begin);
        byte[] algorithm = new byte[end - begin];
        System.arraycopy(publicKey, begin, algorithm, 0, algorithm.length);
        return algorithm;
    }

    private static int contentIndex(byte[] der, int elementIndex) {
        int first = der[elementIndex + 1] & 0xff;
        return elementIndex + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int contentLength(byte[] der, int elementIndex) {
        int length = der[elementIndex + 1] & 0xff;
        if (length >= 0x80) {
            int end = contentIndex(der, elementIndex);
            length = 0;
            for (int index = elementIndex + 2; index < end; index++) {
                length = length << Byte.SIZE | der[index] & 0xff;
            }
        }
        return length;
    }

    private static byte[] element(int tag, byte[]... contents) {
        int length = 0;
        for (byte[] content : contents) {
            length += content.length;
        }
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        int lengthBytes = length < 0x80 ? 0 : (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / Byte.SIZE;
        if (lengthBytes > 0) {
            element.write(0x80 | lengthBytes);
        }
        for (int shift = Byte.SIZE * Math.max(0, lengthBytes - 1); shift >= 0; shift -= Byte.SIZE) {
            element.write(length >>> shift);
        }
        for (byte[] content : contents) {
            element.writeBytes(content);
        }
        return element.toByteArray();
    }
}
