package tenon.server.maintenance;

/// What a probe may ask about, under etcd's names.
public enum HealthCheck {
    /// Whether the process still reads its store, whomever it serves.
    LOCAL_READ("serializable_read"),
    /// Whether no member is known to differ from the others.
    DATA_CORRUPTION("data_corruption"),
    /// Whether a client's read of this member's state is served.
    SERIALIZABLE_READ("serializable_read"),
    /// Whether a client's read of the cluster's state is served: there is a leader, and a quorum confirms it.
    LINEARIZABLE_READ("linearizable_read"),
    /// Whether this member has a vote; one that has none refuses most calls.
    NON_LEARNER("non_learner");

    private final String text;

    HealthCheck(String text) {
        this.text = text;
    }

    /// Its name in paths and answers.
    public String text() {
        return text;
    }
}
