package tenon.server.tls;

import java.net.InetSocketAddress;

/// Where to listen, and how.
///
/// @param socket port 0 lets the system choose
/// @param isTls whether TLS is spoken there, and nothing else
public record ListenAddress(InetSocketAddress socket, boolean isTls) {
    /// In the clear.
    public static ListenAddress plain(InetSocketAddress socket) {
        return new ListenAddress(socket, false);
    }
}
