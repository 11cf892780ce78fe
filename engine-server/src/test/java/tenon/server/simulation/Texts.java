package tenon.server.simulation;

import java.util.Set;
import java.util.TreeSet;
import tenon.api.ConfState;
import tenon.api.Message;

/// Messages and configurations for a reader: the same words in every JVM, which sets do not promise.
final class Texts {
    private Texts() {}

    static String of(ConfState conf) {
        return of(conf.voters())
                + (conf.votersOutgoing().isEmpty() ? "" : "+" + of(conf.votersOutgoing()))
                + (conf.learners().isEmpty() ? "" : " learners " + of(conf.learners()))
                + (conf.learnersNext().isEmpty() ? "" : " next " + of(conf.learnersNext()));
    }

    private static String of(Set<Long> ids) {
        return new TreeSet<>(ids).toString();
    }

    static String name(Message message) {
        return switch (message) {
            case Message.Append _ -> "append";
            case Message.AppendResponse _ -> "append-ok";
            case Message.Vote _ -> "vote";
            case Message.VoteResponse _ -> "vote-ok";
            case Message.Heartbeat _ -> "heartbeat";
            case Message.HeartbeatResponse _ -> "beat-ok";
            case Message.InstallSnapshot _ -> "snapshot";
            case Message.Forward _ -> "forward";
            case Message.ReadIndex _ -> "read";
            case Message.ReadIndexResponse _ -> "read-ok";
            case Message.TimeoutNow _ -> "timeout";
        };
    }

    static String of(Message message) {
        String head = message.from() + "->" + message.to() + " t" + message.term() + " ";
        return head + switch (message) {
            case Message.Append append -> "behind " + append.previousTerm() + "/" + append.previousIndex() + " "
                    + append.entries() + " commit " + append.commitIndex();
            case Message.AppendResponse response -> response.rejected()
                    ? "refused " + response.matchIndex() + " hint " + response.rejectHintTerm() + "/"
                            + response.rejectHintIndex()
                    : "stored " + response.matchIndex();
            case Message.Vote vote -> (vote.preVote() ? "pre " : "") + (vote.leaderTransfer() ? "transfer " : "")
                    + "last " + vote.lastTerm() + "/" + vote.lastIndex();
            case Message.VoteResponse response -> (response.preVote() ? "pre " : "")
                    + (response.rejected()
                            ? "no commit " + response.commitTerm() + "/" + response.commitIndex()
                            : "yes");
            case Message.Heartbeat heartbeat -> "commit " + heartbeat.commitIndex() + " read " + heartbeat.readContext();
            case Message.HeartbeatResponse response -> "read " + response.readContext();
            case Message.InstallSnapshot snapshot -> "at " + snapshot.mark().term() + "/"
                    + snapshot.mark().raftIndex() + " " + of(snapshot.confState());
            case Message.Forward forward -> forward.entries().toString();
            case Message.ReadIndex read -> "for " + read.context();
            case Message.ReadIndexResponse response -> "for " + response.context() + " at " + response.raftIndex();
            case Message.TimeoutNow _ -> "";
        };
    }
}
