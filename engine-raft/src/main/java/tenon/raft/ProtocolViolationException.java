package tenon.raft;

import tenon.api.TenonException;

/// A message contradicts what is known to be committed. Either nodes of two clusters talk to each other, or a node
/// lost what it had acknowledged. Nothing has changed here; the node that it came from must not be trusted.
public final class ProtocolViolationException extends TenonException {
    private static final long serialVersionUID = 1L;

    ProtocolViolationException(String message) {
        super(message);
    }
}
