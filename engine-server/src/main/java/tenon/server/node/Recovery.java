package tenon.server.node;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import tenon.api.ConfState;
import tenon.api.HardState;
import tenon.api.Log;
import tenon.api.LogContents;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.api.SnapshotMark;
import tenon.api.WrongFileException;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MvccStore;
import tenon.raft.RecoveredState;
import tenon.wal.LogOptions;
import tenon.wal.OpenedLog;
import tenon.wal.SegmentedLog;

/// From the files of a node to the state that it goes on from.
///
/// @param log open
/// @param state for the consensus core
/// @param wasFounded whether this was the first start
record Recovery(Log log, RecoveredState state, boolean wasFounded) {
    private static final System.Logger LOG = System.getLogger(Recovery.class.getName());

    /// Opens or makes the log that belongs to a store.
    ///
    /// @param identity who the node is configured to be
    /// @throws WrongFileException if log, store and configuration are not of one node
    /// @throws tenon.api.CorruptDataException if synced records are damaged or missing
    static Recovery run(
            Platform platform, DataDirectory directory, MvccStore store, NodeIdentity identity, LogOptions options) {
        Membership membership = new Membership(store.backend());
        NodeIdentity stored = membership.findIdentity();
        if (stored != null) {
            checkSame(directory, stored, identity);
        }
        AppliedIndex durable = store.backend().durableIndex();
        boolean hasLog = SegmentedLog.exists(platform.files(), directory.log());
        if (!hasLog && durable.raftIndex() > 0) {
            throw new WrongFileException(
                    directory.log(),
                    "the store " + directory.store() + " holds the effect of " + durable.raftIndex()
                            + " entries, but there is no log; give the right --wal-dir");
        }
        OpenedLog opened = hasLog
                ? SegmentedLog.open(
                        platform, directory.log(), options.withKnownStoredIndex(durable.raftIndex()))
                : null;
        try {
            if (opened != null) {
                checkFits(directory, opened.contents(), identity, durable);
            }
            if (stored == null) {
                membership.keep(identity);
            }
            if (opened == null) {
                opened = create(platform, directory, identity, options);
            }
            RecoveredState state = stateOf(opened.contents(), membership.confState(), durable);
            if (state.isBlank()) {
                state = found(opened.log(), identity);
            }
            LOG.log(
                    Level.INFO,
                    "{0}: log holds {1} entries behind {2}, {3} of them are in the store",
                    identity,
                    state.entries().size(),
                    state.snapshot().raftIndex(),
                    durable.raftIndex() - state.snapshot().raftIndex());
            return new Recovery(opened.log(), state, stored == null);
        } catch (RuntimeException e) {
            if (opened != null) {
                opened.log().close();
            }
            throw e;
        }
    }

    private static OpenedLog create(
            Platform platform, DataDirectory directory, NodeIdentity identity, LogOptions options) {
        SegmentedLog log = SegmentedLog.create(platform, directory.log(), identity, options);
        return new OpenedLog(
                log, new LogContents(identity, SnapshotMark.NONE, HardState.INITIAL, List.of(), 0));
    }

    /// The founder is the first entry, so that who joins later learns of it from the log.
    private static RecoveredState found(Log log, NodeIdentity founder) {
        RecoveredState state = RecoveredState.founding(Set.of(founder.nodeId()));
        log.append(state.hardState(), state.entries());
        log.sync();
        return state;
    }

    private static void checkFits(
            DataDirectory directory, LogContents contents, NodeIdentity identity, AppliedIndex durable) {
        checkSame(directory, contents.identity(), identity);
        if (contents.tailCutBytes() > 0) {
            LOG.log(
                    Level.WARNING,
                    "cut a torn tail of {0} bytes off the log: what a crash left of a write that was never acknowledged",
                    contents.tailCutBytes());
        }
        if (durable.raftIndex() < contents.snapshot().raftIndex()) {
            throw new WrongFileException(
                    directory.store(),
                    "it holds the effect of " + durable.raftIndex() + " entries, but the log in " + directory.log()
                            + " begins behind entry " + contents.snapshot().raftIndex()
                            + ": the store is older than the log, or missing");
        }
    }

    private static void checkSame(DataDirectory directory, NodeIdentity found, NodeIdentity configured) {
        if (!found.equals(configured)) {
            throw new WrongFileException(
                    directory.member(),
                    "it belongs to " + found + ", but the configured peer URLs and cluster token make " + configured
                            + ": use another data directory, or the configuration it was founded with");
        }
    }

    /// What the store holds was committed, whatever the last commit index says that got into the log.
    private static RecoveredState stateOf(LogContents contents, ConfState confState, AppliedIndex durable) {
        HardState hard = contents.hardState();
        HardState state = new HardState(
                hard.term(), hard.votedFor(), Math.max(hard.commitIndex(), durable.raftIndex()));
        return new RecoveredState(contents.snapshot(), state, contents.entries(), confState, durable.raftIndex());
    }
}
