package tenon.server.simulation;

import java.util.ArrayDeque;
import java.util.List;
import tenon.api.Ready;

/// What the disk of a member is to do, in order: all that waits is written at once, and synced later.
final class DiskOrders {
    private final Member member;
    private final ArrayDeque<Order> toStore = new ArrayDeque<>();
    private boolean isStoring;

    private sealed interface Order {}

    private record Store(Ready ready, StateMachine snapshot) implements Order {}

    private record Checkpoint(StateMachine state) implements Order {}

    DiskOrders(Member member) {
        this.member = member;
    }

    boolean isStoring() {
        return isStoring;
    }

    /// @param snapshot to be installed, or null
    void store(Ready ready, StateMachine snapshot) {
        toStore.add(new Store(ready, snapshot));
    }

    void checkpoint(StateMachine state) {
        toStore.add(new Checkpoint(state));
    }

    void clear() {
        toStore.clear();
        isStoring = false;
    }

    void maybeStore() {
        if (!isStoring && !toStore.isEmpty()) {
            isStoring = true;
            member.runAfter(member.pace.units(member.world.timeline.nowUnits()), this::write);
        }
    }

    /// Hands all that waits to the operating system; the sync comes later.
    private void write() {
        List<Order> batch = List.copyOf(toStore);
        toStore.clear();
        for (Order order : batch) {
            switch (order) {
                case Store(Ready ready, StateMachine snapshot) when snapshot != null -> member.disk.install(ready, snapshot);
                case Store(Ready ready, StateMachine _) -> member.disk.append(ready.hardState(), ready.entriesToStore());
                case Checkpoint(StateMachine checkpoint) -> member.disk.checkpoint(checkpoint);
            }
        }
        member.runAfter(member.pace.units(member.world.timeline.nowUnits()), () -> finish(batch));
    }

    private void finish(List<Order> batch) {
        boolean mustSync = false;
        long number = 0;
        long compactIndex = 0;
        for (Order order : batch) {
            switch (order) {
                case Store store -> {
                    mustSync |= store.ready.mustSync();
                    number = store.ready.number();
                }
                case Checkpoint checkpoint -> compactIndex = checkpoint.state.raftIndex() - member.world.shape.keptEntries();
            }
        }
        if (mustSync) {
            member.disk.sync();
        }
        isStoring = false;
        for (Order order : batch) {
            if (order instanceof Store store) {
                store.ready.messagesAfterStored().forEach(member::send);
            }
        }
        if (number > 0) {
            member.node().onStored(number);
        }
        if (compactIndex > 0) {
            member.node().compact(compactIndex);
            member.handedOut.onCompacted(compactIndex);
        }
        member.afterInput();
        if (member.isUp()) {
            maybeStore();
        }
    }
}
