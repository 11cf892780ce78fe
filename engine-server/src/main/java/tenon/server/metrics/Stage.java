package tenon.server.metrics;

import java.util.Locale;

/// The stops on the path of a write, in order. The time of a stop is from its beginning to its end, on its own thread.
public enum Stage {
    /// 1: the decoded gRPC request is checked for form.
    RECEIVE,
    /// 2: the quota is asked.
    QUOTA,
    /// 3: preflight, request id, encoding, registration of the waiting caller.
    PROPOSE,
    /// 4: from the hand-over to the replication loop until its entry goes to the log.
    RAFT,
    /// 5: appended and synced, waiting for the log's thread included.
    LOG,
    /// 6: messages handed to the transport.
    SEND,
    /// 7: waits in the queue of committed entries.
    QUEUE,
    /// 8: the whole applier chain.
    APPLIER,
    /// 9: the write transaction, from its beginning to its last change.
    WRITE_TXN,
    /// 10: the write transaction ends: its changes become visible.
    INDEX,
    /// 11: the oldest change of a batch waits for the batch's commit to be durable.
    BATCH,
    /// 12: the B+tree transaction is committed.
    COMMIT,
    /// 13: the waiting caller is answered.
    RESPOND;

    /// The name for people and metrics.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
