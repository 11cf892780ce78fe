package tenon.mvcc.backend;

/// What is visible at one moment. Immutable.
///
/// @param head what the writer published together with its changes
/// @param batches which batches the file may hold
/// @param sealed records of the batch that is being committed; the file may hold them already
/// @param active records of the batch that is being filled
record BackendView<H>(H head, Batches batches, RecordRun sealed, RecordRun active) {
    /// How far the batches have come.
    ///
    /// @param committedNumber the last one that is known to be in the file
    /// @param sealedNumber the last one that is sealed or committed; the same one or the next
    record Batches(long committedNumber, long sealedNumber) {}

    BackendView<H> withHead(H newHead, RecordRun newActive) {
        return new BackendView<>(newHead, batches, sealed, newActive);
    }

    BackendView<H> whenSealed(long number, RecordRun newSealed) {
        return new BackendView<>(head, new Batches(batches.committedNumber, number), newSealed, RecordRun.EMPTY);
    }

    BackendView<H> whenCommitted() {
        return new BackendView<>(
                head, new Batches(batches.sealedNumber, batches.sealedNumber), RecordRun.EMPTY, active);
    }
}
