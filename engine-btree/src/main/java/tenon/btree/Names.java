package tenon.btree;

import java.util.HexFormat;

/// Names and keys for people to read.
final class Names {
    private Names() {}

    /// As text where all bytes are printable ASCII, else in hexadecimal.
    static String printable(byte[] name) {
        for (byte character : name) {
            if (character < ' ' || character > '~') {
                return "0x" + HexFormat.of().formatHex(name);
            }
        }
        return new String(name, java.nio.charset.StandardCharsets.US_ASCII);
    }
}
