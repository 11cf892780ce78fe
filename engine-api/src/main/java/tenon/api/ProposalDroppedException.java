package tenon.api;

/// The consensus core did not take a proposal: there is no leader, or too much is already under way. The proposal
/// has had no effect and may be made again.
public final class ProposalDroppedException extends TenonException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public ProposalDroppedException(Reason reason) {
        super("proposal dropped: " + reason.text);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /// Why a proposal was dropped.
    public enum Reason {
        NO_LEADER("there is no leader"),
        FORWARDING_OFF("this node is not the leader and does not forward"),
        LEADER_TRANSFER("leadership is being transferred"),
        UNCOMMITTED_SIZE("the limit on uncommitted bytes is reached"),
        CONF_CHANGE_PENDING("another change of the configuration is under way"),
        NOT_A_MEMBER("this node is not a member");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }
}
