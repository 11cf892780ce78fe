package tenon.raft;

import java.util.ArrayList;
import java.util.List;
import tenon.api.Message;
import tenon.api.Message.InstallSnapshot;
import tenon.api.ReadState;

/// What leaves the node with the next `Ready`, apart from what is read off its state.
final class Outbox {
    private final List<Message> messages = new ArrayList<>();
    private final List<Message> messagesAfterStored = new ArrayList<>();
    private final List<ReadState> readStates = new ArrayList<>();
    private InstallSnapshot snapshot;

    /// For messages that promise nothing.
    void send(Message message) {
        messages.add(message);
    }

    /// For messages that promise what the node must not forget.
    void sendAfterStored(Message message) {
        messagesAfterStored.add(message);
    }

    void answerRead(long context, long raftIndex) {
        readStates.add(new ReadState(context, raftIndex));
    }

    void install(InstallSnapshot message) {
        snapshot = message;
    }

    boolean isEmpty() {
        return messages.isEmpty() && messagesAfterStored.isEmpty() && readStates.isEmpty() && snapshot == null;
    }

    List<Message> takeMessages() {
        return take(messages);
    }

    List<Message> takeMessagesAfterStored() {
        return take(messagesAfterStored);
    }

    List<ReadState> takeReadStates() {
        return take(readStates);
    }

    private static <E> List<E> take(List<E> waiting) {
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<E> taken = List.copyOf(waiting);
        waiting.clear();
        return taken;
    }

    InstallSnapshot takeSnapshot() {
        InstallSnapshot taken = snapshot;
        snapshot = null;
        return taken;
    }
}
