package tenon.server.peer;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;

/// What is asked of the URLs of members: `http://host:port` or `https://host:port`, and nothing behind it.
final class PeerUrl {
    private static final int PORT_MAX = 65535;

    private PeerUrl() {}

    /// @throws IllegalArgumentException if it is not one under which a member can be reached
    static void check(URI url) {
        checkListen(url);
        if (url.getPort() == 0) {
            throw malformed(url);
        }
    }

    /// @throws IllegalArgumentException if it is not one to listen on; port 0 is one
    static void checkListen(URI url) {
        boolean scheme = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        boolean place = url.getHost() != null && url.getPort() >= 0 && url.getPort() <= PORT_MAX;
        boolean more = url.getUserInfo() != null
                || url.getQuery() != null
                || url.getFragment() != null
                || url.getPath() != null && !url.getPath().isEmpty() && !url.getPath().equals("/");
        if (!scheme || !place || more) {
            throw malformed(url);
        }
    }

    static boolean isTls(URI url) {
        return "https".equals(url.getScheme());
    }

    /// Without the brackets of IPv6.
    static String host(URI url) {
        String host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /// Null if the host is a name, which must be looked up.
    static InetSocketAddress findLiteralAddress(URI url) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(host(url));
        if (address == null) {
            return null;
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), url.getPort());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + address.length + " bytes", e);
        }
    }

    /// The same URL with another port.
    static URI withPort(URI url, int port) {
        return URI.create(url.getScheme() + "://" + url.getHost() + ":" + port);
    }

    private static IllegalArgumentException malformed(URI url) {
        return new IllegalArgumentException(
                "the URL of a member is http://host:port or https://host:port, not " + Notices.printable(url.toString()));
    }
}
