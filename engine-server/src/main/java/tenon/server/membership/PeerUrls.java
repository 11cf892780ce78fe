package tenon.server.membership;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import tenon.api.TenonException;

/// The URLs under which members reach each other, checked as etcd checks them.
public final class PeerUrls {
    private static final int PORT_MAX = 65_535;

    private PeerUrls() {}

    /// A list of URLs that is none.
    public static final class MalformedException extends TenonException {
        private static final long serialVersionUID = 1L;

        private MalformedException(String message) {
            super(message);
        }
    }

    /// Without blanks around them, in the order of their letters.
    ///
    /// @throws MalformedException if there is none, or one is no URL of a host and a port; in etcd's words
    public static List<String> check(List<String> urls) {
        if (urls.isEmpty()) {
            throw new MalformedException("no valid URLs given");
        }
        List<String> sorted = urls.stream().map(String::strip).sorted().toList();
        sorted.forEach(PeerUrls::check);
        return sorted;
    }

    private static void check(String url) {
        URI parsed = parse(url);
        String scheme = parsed.getScheme();
        if (!"http".equals(scheme) && !"https".equals(scheme)) {
            throw new MalformedException("URL scheme must be http, https, unix, or unixs: " + url);
        }
        if (parsed.getHost() == null || parsed.getPort() < 0) {
            throw new MalformedException("URL address does not have the form \"host:port\": " + url);
        }
        if (!parsed.getPath().isEmpty()) {
            throw new MalformedException("URL must not contain a path: " + url);
        }
        // etcd takes these, and then nobody can reach the member.
        if (parsed.getPort() == 0 || parsed.getPort() > PORT_MAX) {
            throw new MalformedException("URL must have a port from 1 to " + PORT_MAX + ": " + url);
        }
        if (parsed.getUserInfo() != null || parsed.getQuery() != null || parsed.getFragment() != null) {
            throw new MalformedException("URL must have nothing but a host and a port: " + url);
        }
    }

    private static URI parse(String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw new MalformedException("parse \"" + url + "\": " + e.getReason());
        }
    }
}
