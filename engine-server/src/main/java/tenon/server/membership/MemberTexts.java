package tenon.server.membership;

import java.util.List;
import java.util.stream.Collectors;
import tenon.server.membership.stored.MemberChange;
import tenon.server.rpc.Member;

/// Members, and changes of them, as a person reads them.
final class MemberTexts {
    private MemberTexts() {}

    /// As in `8e9e05c52164694d (a: http://h1:2380), ...`.
    static String of(List<Member> members) {
        return members.stream().map(MemberTexts::of).collect(Collectors.joining(", "));
    }

    static String of(Member member) {
        String name = member.getName().isEmpty() ? "unstarted" : member.getName();
        return Long.toHexString(member.getID()) + " (" + name + ": " + String.join(",", member.getPeerURLsList()) + ")";
    }

    static String of(MemberChange change) {
        return switch (change.getOperationCase()) {
            case ADD -> (change.getAdd().getIsLearner() ? "add learner " : "add ") + of(change.getAdd());
            case PROMOTE -> "promote " + Long.toHexString(change.getPromote());
            case REMOVE -> "remove " + Long.toHexString(change.getRemove());
            case UPDATE -> "update " + of(change.getUpdate());
            case OPERATION_NOT_SET -> "an unknown change";
        };
    }
}
