package tenon.server.node;

import tenon.api.Entry;
import tenon.api.Message;
import tenon.api.MisuseException;
import tenon.raft.ConfChangeCodec;
import tenon.server.apply.ProposalDecoder;
import tenon.server.membership.MemberChanges;

/// Whether what another member forwards can be applied. Once it is committed, an entry that cannot ends every member, and
/// again at each start.
final class ForwardCheck {
    private ForwardCheck() {}

    static boolean isSound(Message.Forward forward) {
        return forward.entries().stream().allMatch(ForwardCheck::isSound);
    }

    private static boolean isSound(Entry entry) {
        return switch (entry.type()) {
            case NORMAL -> ProposalDecoder.isKnown(entry);
            case CONF_CHANGE -> isMemberChange(entry);
        };
    }

    private static boolean isMemberChange(Entry entry) {
        try {
            return MemberChanges.find(ConfChangeCodec.decode(entry.data())) != null;
        } catch (MisuseException | IllegalStateException unsound) {
            return false;
        }
    }
}
