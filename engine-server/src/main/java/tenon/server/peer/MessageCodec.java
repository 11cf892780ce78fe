package tenon.server.peer;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.Message;
import tenon.api.SnapshotMark;
import tenon.server.peer.wire.Append;
import tenon.server.peer.wire.AppendResponse;
import tenon.server.peer.wire.Forward;
import tenon.server.peer.wire.Heartbeat;
import tenon.server.peer.wire.HeartbeatResponse;
import tenon.server.peer.wire.InstallSnapshot;
import tenon.server.peer.wire.LogEntry;
import tenon.server.peer.wire.RaftMessage;
import tenon.server.peer.wire.ReadIndex;
import tenon.server.peer.wire.ReadIndexResponse;
import tenon.server.peer.wire.TimeoutNow;
import tenon.server.peer.wire.Vote;
import tenon.server.peer.wire.VoteResponse;

/// A [Message] as protobuf and back. The data of entries is not copied on the way out, and copied once, out of the
/// bytes that arrived, on the way in.
final class MessageCodec {
    /// About what a message needs beside its entries, and an entry beside its data.
    private static final int OVERHEAD_BYTES = 64;
    private static final long TERM_MAX = 1L << 62;

    private MessageCodec() {}

    /// About how much memory the message keeps from being freed.
    static long sizeBytes(Message message) {
        return OVERHEAD_BYTES
                + switch (message) {
                    case Message.Append append -> sizeBytes(append.entries());
                    case Message.Forward forward -> sizeBytes(forward.entries());
                    default -> 0;
                };
    }

    private static long sizeBytes(List<Entry> entries) {
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += OVERHEAD_BYTES + entry.data().length;
        }
        return bytes;
    }

    static RaftMessage encode(Message message) {
        RaftMessage.Builder wire = RaftMessage.newBuilder()
                .setFrom(message.from())
                .setTo(message.to())
                .setTerm(message.term());
        switch (message) {
            case Message.Append append -> wire.setAppend(append(append));
            case Message.AppendResponse response ->
                wire.setAppendResponse(AppendResponse.newBuilder()
                        .setMatchIndex(response.matchIndex())
                        .setRejected(response.rejected())
                        .setRejectHintIndex(response.rejectHintIndex())
                        .setRejectHintTerm(response.rejectHintTerm()));
            case Message.Vote vote ->
                wire.setVote(Vote.newBuilder()
                        .setLastTerm(vote.lastTerm())
                        .setLastIndex(vote.lastIndex())
                        .setPreVote(vote.preVote())
                        .setLeaderTransfer(vote.leaderTransfer()));
            case Message.VoteResponse response ->
                wire.setVoteResponse(VoteResponse.newBuilder()
                        .setPreVote(response.preVote())
                        .setRejected(response.rejected())
                        .setCommitTerm(response.commitTerm())
                        .setCommitIndex(response.commitIndex()));
            case Message.Heartbeat heartbeat ->
                wire.setHeartbeat(Heartbeat.newBuilder()
                        .setCommitIndex(heartbeat.commitIndex())
                        .setReadContext(heartbeat.readContext()));
            case Message.HeartbeatResponse response ->
                wire.setHeartbeatResponse(HeartbeatResponse.newBuilder().setReadContext(response.readContext()));
            case Message.InstallSnapshot snapshot -> wire.setInstallSnapshot(snapshot(snapshot));
            case Message.Forward forward ->
                wire.setForward(Forward.newBuilder().addAllEntries(entries(forward.entries())));
            case Message.ReadIndex read -> wire.setReadIndex(ReadIndex.newBuilder().setContext(read.context()));
            case Message.ReadIndexResponse response ->
                wire.setReadIndexResponse(ReadIndexResponse.newBuilder()
                        .setContext(response.context())
                        .setRaftIndex(response.raftIndex()));
            case Message.TimeoutNow _ -> wire.setTimeoutNow(TimeoutNow.getDefaultInstance());
        }
        return wire.build();
    }

    private static Append append(Message.Append append) {
        return Append.newBuilder()
                .setPreviousTerm(append.previousTerm())
                .setPreviousIndex(append.previousIndex())
                .addAllEntries(entries(append.entries()))
                .setCommitIndex(append.commitIndex())
                .build();
    }

    private static List<LogEntry> entries(List<Entry> entries) {
        List<LogEntry> wire = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            wire.add(LogEntry.newBuilder()
                    .setTerm(entry.term())
                    .setRaftIndex(entry.raftIndex())
                    .setType(
                            switch (entry.type()) {
                                case NORMAL -> LogEntry.Type.NORMAL;
                                case CONF_CHANGE -> LogEntry.Type.CONF_CHANGE;
                            })
                    .setData(UnsafeByteOperations.unsafeWrap(entry.data()))
                    .build());
        }
        return wire;
    }

    private static InstallSnapshot snapshot(Message.InstallSnapshot snapshot) {
        ConfState configuration = snapshot.confState();
        return InstallSnapshot.newBuilder()
                .setMarkTerm(snapshot.mark().term())
                .setMarkIndex(snapshot.mark().raftIndex())
                .addAllVoters(configuration.voters())
                .addAllVotersOutgoing(configuration.votersOutgoing())
                .addAllLearners(configuration.learners())
                .addAllLearnersNext(configuration.learnersNext())
                .setAutoLeave(configuration.autoLeave())
                .build();
    }

    /// @throws PeerProtocolException if it is a message that no member sends
    static Message decode(RaftMessage wire) {
        long from = wire.getFrom();
        long to = wire.getTo();
        long term = checkedTerm(wire.getTerm());
        return switch (wire.getBodyCase()) {
            case APPEND -> append(wire, wire.getAppend());
            case APPEND_RESPONSE -> {
                AppendResponse response = wire.getAppendResponse();
                yield new Message.AppendResponse(
                        from,
                        to,
                        term,
                        checked("match index", response.getMatchIndex()),
                        response.getRejected(),
                        checked("hint", response.getRejectHintIndex()),
                        checked("term of a hint", response.getRejectHintTerm()));
            }
            case VOTE -> {
                Vote vote = wire.getVote();
                yield new Message.Vote(
                        from,
                        to,
                        term,
                        checked("last term", vote.getLastTerm()),
                        checked("last index", vote.getLastIndex()),
                        vote.getPreVote(),
                        vote.getLeaderTransfer());
            }
            case VOTE_RESPONSE -> voteResponse(wire, wire.getVoteResponse());
            case HEARTBEAT ->
                new Message.Heartbeat(
                        from,
                        to,
                        term,
                        checked("commit index", wire.getHeartbeat().getCommitIndex()),
                        wire.getHeartbeat().getReadContext());
            case HEARTBEAT_RESPONSE ->
                new Message.HeartbeatResponse(from, to, term, wire.getHeartbeatResponse().getReadContext());
            case INSTALL_SNAPSHOT -> snapshot(wire, wire.getInstallSnapshot());
            case FORWARD -> new Message.Forward(from, to, term, decodeEntries(wire.getForward().getEntriesList()));
            case READ_INDEX -> new Message.ReadIndex(from, to, term, wire.getReadIndex().getContext());
            case READ_INDEX_RESPONSE ->
                new Message.ReadIndexResponse(
                        from,
                        to,
                        term,
                        wire.getReadIndexResponse().getContext(),
                        checked("read index", wire.getReadIndexResponse().getRaftIndex()));
            case TIMEOUT_NOW -> new Message.TimeoutNow(from, to, term);
            case BODY_NOT_SET -> throw new PeerProtocolException("a Raft message of a kind that is not known");
        };
    }

    private static Message voteResponse(RaftMessage wire, VoteResponse response) {
        return new Message.VoteResponse(
                wire.getFrom(),
                wire.getTo(),
                wire.getTerm(),
                response.getPreVote(),
                response.getRejected(),
                checked("commit term", response.getCommitTerm()),
                checked("commit index", response.getCommitIndex()));
    }

    private static Message append(RaftMessage wire, Append append) {
        long previousIndex = checked("previous index", append.getPreviousIndex());
        List<Entry> entries = decodeEntries(append.getEntriesList());
        for (int place = 0; place < entries.size(); place++) {
            Entry entry = entries.get(place);
            if (entry.raftIndex() != previousIndex + 1 + place || entry.term() > wire.getTerm()) {
                throw new PeerProtocolException("entry " + entry + " out of its place");
            }
        }
        return new Message.Append(
                wire.getFrom(),
                wire.getTo(),
                wire.getTerm(),
                checked("previous term", append.getPreviousTerm()),
                previousIndex,
                entries,
                checked("commit index", append.getCommitIndex()));
    }

    private static Message snapshot(RaftMessage wire, InstallSnapshot snapshot) {
        return new Message.InstallSnapshot(
                wire.getFrom(),
                wire.getTo(),
                wire.getTerm(),
                new SnapshotMark(
                        checked("term of a mark", snapshot.getMarkTerm()),
                        checked("index of a mark", snapshot.getMarkIndex())),
                new ConfState(
                        Set.copyOf(snapshot.getVotersList()),
                        Set.copyOf(snapshot.getVotersOutgoingList()),
                        Set.copyOf(snapshot.getLearnersList()),
                        Set.copyOf(snapshot.getLearnersNextList()),
                        snapshot.getAutoLeave()));
    }

    private static List<Entry> decodeEntries(List<LogEntry> wire) {
        Entry[] entries = new Entry[wire.size()];
        for (int place = 0; place < entries.length; place++) {
            LogEntry entry = wire.get(place);
            entries[place] = new Entry(
                    checked("term of an entry", entry.getTerm()),
                    checked("index of an entry", entry.getRaftIndex()),
                    switch (entry.getType()) {
                        case NORMAL -> EntryType.NORMAL;
                        case CONF_CHANGE -> EntryType.CONF_CHANGE;
                        case UNRECOGNIZED -> throw new PeerProtocolException("an entry of an unknown type");
                    },
                    array(entry.getData()));
        }
        return List.of(entries);
    }

    /// Beyond the greatest term there is no next one, so that nobody could be elected any more.
    private static long checkedTerm(long term) {
        if (term <= 0 || term > TERM_MAX) {
            throw new PeerProtocolException("a term of " + Long.toUnsignedString(term));
        }
        return term;
    }

    private static long checked(String what, long value) {
        if (value < 0) {
            throw new PeerProtocolException("a " + what + " of " + Long.toUnsignedString(value));
        }
        return value;
    }

    /// The array that protobuf has just copied the bytes into, without a further copy.
    private static byte[] array(ByteString bytes) {
        Taken taken = new Taken(bytes.size());
        try {
            UnsafeByteOperations.unsafeWriteTo(bytes, taken);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return taken.array == null ? new byte[0] : taken.array;
    }

    /// Takes an array as it is if it holds the bytes and nothing else; otherwise gathers the parts.
    private static final class Taken extends ByteOutput {
        private final int size;
        private byte[] array;
        private int filled;

        Taken(int size) {
            this.size = size;
        }

        @Override
        public void write(byte value) {
            write(new byte[] {value}, 0, 1);
        }

        @Override
        public void write(byte[] value, int offset, int length) {
            if (array == null) {
                array = new byte[size];
            }
            System.arraycopy(value, offset, array, filled, length);
            filled += length;
        }

        @Override
        public void writeLazy(byte[] value, int offset, int length) {
            if (offset == 0 && length == value.length && length == size) {
                array = value;
            } else {
                write(value, offset, length);
            }
        }

        @Override
        public void write(ByteBuffer value) {
            byte[] copy = new byte[value.remaining()];
            value.get(copy);
            write(copy, 0, copy.length);
        }

        @Override
        public void writeLazy(ByteBuffer value) {
            write(value);
        }
    }
}
