package tenon.server.node;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tenon.api.ConfChange;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Log;
import tenon.api.LogContents;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.api.SnapshotMark;
import tenon.api.WrongFileException;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MvccStore;
import tenon.raft.ConfChangeCodec;
import tenon.raft.RecoveredState;
import tenon.server.ServerConfig;
import tenon.server.divergence.LoggedStates;
import tenon.server.membership.Bootstrap;
import tenon.server.membership.ClusterOrigin;
import tenon.server.membership.ClusterQuery;
import tenon.server.membership.ForcedCluster;
import tenon.server.membership.MembershipStore;
import tenon.wal.LogOptions;
import tenon.wal.OpenedLog;
import tenon.wal.SegmentedLog;

/// From the files of a node, and its configuration where they say nothing yet, to the state that it goes on from.
///
/// @param log open
/// @param state for the consensus core
/// @param origin where its place in the cluster is from
record Recovery(Log log, RecoveredState state, ClusterOrigin origin) {
    private static final System.Logger LOG = System.getLogger(Recovery.class.getName());

    /// Whether there is nobody else who votes once everything in the log is applied.
    boolean isAlone() {
        Set<Long> voters = new TreeSet<>(state.confState().voters());
        voters.addAll(state.confState().votersOutgoing());
        for (Entry entry : state.entries()) {
            if (entry.type() == EntryType.CONF_CHANGE && entry.raftIndex() > state.appliedIndex()) {
                for (ConfChange.Step step : ConfChangeCodec.decode(entry.data()).steps()) {
                    switch (step.type()) {
                        case ADD_VOTER -> voters.add(step.nodeId());
                        case ADD_LEARNER, REMOVE -> voters.remove(step.nodeId());
                    }
                }
            }
        }
        return voters.equals(Set.of(origin.identity().nodeId()));
    }

    /// Opens or makes the log that belongs to a store.
    ///
    /// @param query asks the others, should this node have no place in a cluster yet
    /// @throws WrongFileException if log and store are not of one node
    /// @throws tenon.server.membership.BootstrapException if the node cannot get a place in a cluster
    /// @throws tenon.api.CorruptDataException if synced records are damaged or missing
    static Recovery run(
            Platform platform, DataDirectory directory, MvccStore store, ServerConfig config, ClusterQuery query) {
        MembershipStore membership = new MembershipStore(store.backend());
        NodeIdentity stored = membership.findIdentity();
        AppliedIndex durable = store.backend().durableIndex();
        boolean hasLog = SegmentedLog.exists(platform.files(), directory.log());
        if (!hasLog && durable.raftIndex() > 0) {
            throw new WrongFileException(
                    directory.log(),
                    "the store " + directory.store() + " holds the effect of " + durable.raftIndex()
                            + " entries, but there is no log; give the right --wal-dir");
        }
        LogOptions options = LogOptions.DEFAULT.withSegmentSizeBytes(config.walSegmentBytes());
        OpenedLog opened = hasLog
                ? SegmentedLog.open(
                        platform, directory.log(), options.withKnownStoredIndex(durable.raftIndex()))
                : null;
        try {
            if (opened != null) {
                checkFits(directory, opened.contents(), stored, durable);
            }
            NodeIdentity logged = opened == null ? null : opened.contents().identity();
            ClusterOrigin origin = opened == null || isEmpty(opened.contents())
                    ? Bootstrap.ofNewNode(config, logged, query)
                    : Bootstrap.ofKnownNode(config, logged, membership.members());
            if (!origin.identity().equals(stored)) {
                membership.keep(origin.identity());
            }
            if (opened == null) {
                opened = create(platform, directory, origin.identity(), options);
            } else {
                checkSame(directory, opened.contents().identity(), origin.identity());
            }
            LoggedStates.check(
                    store,
                    opened.contents().entries(),
                    origin.identity().nodeId(),
                    new LoggedStates.Files(directory.store(), directory.log()));
            RecoveredState state = begin(origin, opened, membership, durable, config.forceNewCluster());
            LOG.log(
                    Level.INFO,
                    "{0}: log holds {1} entries behind {2}, {3} of them are in the store",
                    origin.identity(),
                    state.entries().size(),
                    state.snapshot().raftIndex(),
                    durable.raftIndex() - state.snapshot().raftIndex());
            return new Recovery(opened.log(), state, origin);
        } catch (RuntimeException e) {
            if (opened != null) {
                opened.log().close();
            }
            throw e;
        }
    }

    /// Whether nothing was founded or joined yet.
    private static boolean isEmpty(LogContents contents) {
        return contents.snapshot().raftIndex() == 0 && contents.entries().isEmpty();
    }

    private static RecoveredState begin(
            ClusterOrigin origin,
            OpenedLog opened,
            MembershipStore membership,
            AppliedIndex durable,
            boolean forceNewCluster) {
        RecoveredState state = stateOf(opened.contents(), membership.confState(), durable);
        return switch (origin) {
            case ClusterOrigin.Founding founding -> found(opened.log(), founding);
            case ClusterOrigin.Joining _ -> state;
            case ClusterOrigin.Restarting(NodeIdentity identity) -> forceNewCluster
                    ? ForcedCluster.found(state, membership.members(), identity.nodeId(), opened.log())
                    : state;
        };
    }

    private static OpenedLog create(
            Platform platform, DataDirectory directory, NodeIdentity identity, LogOptions options) {
        SegmentedLog log = SegmentedLog.create(platform, directory.log(), identity, options);
        return new OpenedLog(
                log, new LogContents(identity, SnapshotMark.NONE, HardState.INITIAL, List.of(), 0));
    }

    /// The founders are the first entries, so that who joins later learns of them from the log.
    private static RecoveredState found(Log log, ClusterOrigin.Founding founding) {
        RecoveredState state = RecoveredState.founding(founding.changes());
        log.append(state.hardState(), state.entries());
        log.sync();
        return state;
    }

    private static void checkFits(
            DataDirectory directory, LogContents contents, NodeIdentity stored, AppliedIndex durable) {
        if (stored != null) {
            checkSame(directory, contents.identity(), stored);
        }
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

    private static void checkSame(DataDirectory directory, NodeIdentity logged, NodeIdentity other) {
        if (!logged.equals(other)) {
            throw new WrongFileException(
                    directory.member(),
                    "the log in " + directory.log() + " belongs to " + logged + ", but store or configuration are those of "
                            + other + ": use another data directory, or what belongs together");
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
