package tenon.raft;

import java.util.Objects;
import tenon.api.MisuseException;

/// How a [RaftNode] behaves. All members of a cluster should have the same ticks.
public final class RaftOptions {
    final long nodeId;
    final int electionTicks;
    final int heartbeatTicks;
    final long seed;
    final boolean preVote;
    final boolean checkQuorum;
    final boolean forwarding;
    final ReadMode readMode;
    final long messageSizeMaxBytes;
    final int inflightCountMax;
    final long inflightSizeMaxBytes;
    final long uncommittedSizeMaxBytes;

    private RaftOptions(Builder builder) {
        nodeId = builder.nodeId;
        electionTicks = builder.electionTicks;
        heartbeatTicks = builder.heartbeatTicks;
        seed = builder.seed;
        preVote = builder.preVote;
        checkQuorum = builder.checkQuorum;
        forwarding = builder.forwarding;
        readMode = builder.readMode;
        messageSizeMaxBytes = builder.messageSizeMaxBytes;
        inflightCountMax = builder.inflightCountMax;
        inflightSizeMaxBytes = builder.inflightSizeMaxBytes;
        uncommittedSizeMaxBytes = builder.uncommittedSizeMaxBytes;
    }

    /// @param nodeId not 0
    public static Builder of(long nodeId) {
        return new Builder(nodeId);
    }

    /// Collects options; what is not set has the default that the setter names.
    public static final class Builder {
        private final long nodeId;
        private int electionTicks = 10;
        private int heartbeatTicks = 1;
        private long seed;
        private boolean preVote = true;
        private boolean checkQuorum = true;
        private boolean forwarding = true;
        private ReadMode readMode = ReadMode.SAFE;
        private long messageSizeMaxBytes = 1 << 20;
        private int inflightCountMax = 512;
        private long inflightSizeMaxBytes = Long.MAX_VALUE;
        private long uncommittedSizeMaxBytes = Long.MAX_VALUE;

        private Builder(long nodeId) {
            this.nodeId = nodeId;
        }

        /// A follower that hears nothing starts an election after this many ticks up to just under twice as many,
        /// drawn anew each time; default 10.
        public Builder electionTicks(int ticks) {
            electionTicks = ticks;
            return this;
        }

        /// A leader sends heartbeats every so many ticks; less than the election ticks, default 1.
        public Builder heartbeatTicks(int ticks) {
            heartbeatTicks = ticks;
            return this;
        }

        /// Where election timeouts are drawn from; mixed with the node's id. Default 0.
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /// Whether a node asks if it could win before it raises its term, so that one cut off disturbs nobody when
        /// it comes back; default true.
        public Builder preVote(boolean on) {
            preVote = on;
            return this;
        }

        /// Whether a leader that does not hear from a quorum for an election timeout steps down, and a follower that
        /// hears from its leader refuses to vote; default true.
        public Builder checkQuorum(boolean on) {
            checkQuorum = on;
            return this;
        }

        /// Whether a follower passes proposals on to the leader; default true.
        public Builder forwarding(boolean on) {
            forwarding = on;
            return this;
        }

        /// Default [ReadMode#SAFE].
        public Builder readMode(ReadMode mode) {
            readMode = Objects.requireNonNull(mode, "mode");
            return this;
        }

        /// Entries of one message have at most this size together, unless it is a single one; default 1 MiB.
        public Builder messageSizeMaxBytes(long sizeBytes) {
            messageSizeMaxBytes = sizeBytes;
            return this;
        }

        /// How many messages with entries may be under way to one peer; default 512.
        public Builder inflightCountMax(int count) {
            inflightCountMax = count;
            return this;
        }

        /// How many bytes of entries may be under way to one peer before no more are sent; default unlimited.
        public Builder inflightSizeMaxBytes(long sizeBytes) {
            inflightSizeMaxBytes = sizeBytes;
            return this;
        }

        /// A leader drops proposals that would bring the bytes not yet handed out for applying above this, unless
        /// there are none; default unlimited.
        public Builder uncommittedSizeMaxBytes(long sizeBytes) {
            uncommittedSizeMaxBytes = sizeBytes;
            return this;
        }

        /// @throws MisuseException if the options do not fit together
        public RaftOptions build() {
            check(nodeId != 0, "the node id must not be 0");
            check(heartbeatTicks > 0, "heartbeatTicks must be positive");
            check(electionTicks > heartbeatTicks, "electionTicks must exceed heartbeatTicks");
            check(electionTicks <= 1 << 20, "electionTicks must not exceed " + (1 << 20));
            check(messageSizeMaxBytes >= 0, "messageSizeMaxBytes must not be negative");
            check(inflightCountMax > 0, "inflightCountMax must be positive");
            check(inflightSizeMaxBytes > 0, "inflightSizeMaxBytes must be positive");
            check(uncommittedSizeMaxBytes > 0, "uncommittedSizeMaxBytes must be positive");
            check(readMode == ReadMode.SAFE || checkQuorum, "lease reads need checkQuorum");
            return new RaftOptions(this);
        }

        private static void check(boolean holds, String rule) {
            if (!holds) {
                throw new MisuseException(rule);
            }
        }
    }
}
