package tenon.raft;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.RaftStatus;
import tenon.api.SnapshotMark;

/// How a [Transcript] names things.
final class TranscriptText {
    private TranscriptText() {}

    static String of(Message message) {
        String what = switch (message) {
            case Message.Append m -> "Append behind " + m.previousTerm() + "/" + m.previousIndex() + " ["
                    + of(m.entries()) + "] commit " + m.commitIndex();
            case Message.AppendResponse m when m.rejected() -> "AppendResponse no to " + m.matchIndex() + ", hint "
                    + m.rejectHintTerm() + "/" + m.rejectHintIndex();
            case Message.AppendResponse m -> "AppendResponse match " + m.matchIndex();
            case Message.Vote m -> (m.preVote() ? "PreVote" : "Vote") + (m.leaderTransfer() ? " for transfer" : "")
                    + " last " + m.lastTerm() + "/" + m.lastIndex();
            case Message.VoteResponse m -> (m.preVote() ? "PreVoteResponse " : "VoteResponse ")
                    + (m.rejected() ? "no, commit " + m.commitTerm() + "/" + m.commitIndex() : "yes");
            case Message.Heartbeat m -> "Heartbeat commit " + m.commitIndex() + " read " + m.readContext();
            case Message.HeartbeatResponse m -> "HeartbeatResponse read " + m.readContext();
            case Message.InstallSnapshot m -> "InstallSnapshot at " + of(m.mark()) + " with " + of(m.confState());
            case Message.Forward m -> "Forward of " + m.entries().size();
            case Message.ReadIndex m -> "ReadIndex " + m.context();
            case Message.ReadIndexResponse m -> "ReadIndexResponse " + m.context() + " at " + m.raftIndex();
            case Message.TimeoutNow _ -> "TimeoutNow";
        };
        return "term " + message.term() + " " + what;
    }

    static String of(HardState hard) {
        return "term " + hard.term() + " vote " + hard.votedFor() + " commit " + hard.commitIndex();
    }

    static String of(SnapshotMark mark) {
        return mark.term() + "/" + mark.raftIndex();
    }

    static String of(List<Entry> entries) {
        return String.join(" ", entries.stream().map(TranscriptText::of).toList());
    }

    private static String of(Entry entry) {
        String text = entry.type() == EntryType.CONF_CHANGE
                ? "change"
                : new String(entry.data(), StandardCharsets.UTF_8);
        return entry.term() + "/" + entry.raftIndex() + (text.isEmpty() ? "" : ":" + text);
    }

    static String of(ConfState conf) {
        return "voters " + sorted(conf.voters())
                + (conf.votersOutgoing().isEmpty() ? "" : " outgoing " + sorted(conf.votersOutgoing()))
                + (conf.learners().isEmpty() ? "" : " learners " + sorted(conf.learners()))
                + (conf.learnersNext().isEmpty() ? "" : " learners next " + sorted(conf.learnersNext()))
                + (conf.autoLeave() ? ", leaves by itself" : "");
    }

    private static List<Long> sorted(Set<Long> nodeIds) {
        return nodeIds.stream().sorted().toList();
    }

    static List<String> of(RaftStatus status) {
        List<String> lines = new ArrayList<>();
        if (status.transferTargetId() != 0) {
            lines.add("hands over to " + status.transferTargetId());
        }
        status.progress().forEach((peer, progress) -> lines.add(peer + " " + progress.replication() + " match "
                + progress.matchIndex() + " next " + progress.nextIndex()
                + (progress.inflightCount() == 0
                        ? ""
                        : " inflight " + progress.inflightCount() + " with " + progress.inflightSizeBytes() + " B")
                + (progress.pendingSnapshotIndex() == 0 ? "" : " snapshot at " + progress.pendingSnapshotIndex())));
        return lines;
    }
}
