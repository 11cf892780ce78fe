package tenon.server.peer;

import java.net.URI;
import tenon.api.TenonException;

/// A member did not say who the members are.
public final class PeerProbeException extends TenonException {
    private static final long serialVersionUID = 1L;

    public PeerProbeException(URI url, String reason) {
        super("no answer from the member at " + url + ": " + reason);
    }
}
