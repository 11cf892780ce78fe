package tenon.server.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tenon.api.ConfState;
import tenon.api.Consensus;
import tenon.api.HardState;
import tenon.api.RaftRole;
import tenon.api.RaftStatus;
import tenon.api.RaftStatus.PeerProgress;
import tenon.api.RaftStatus.Replication;

class StallWatchTest {
    private static final long TICK_NS = 100_000_000;
    private static final long STALL_NS_MAX = 10 * TICK_NS;
    private static final int NEW_LEADER_TICKS = 100;

    private final List<Long> successors = new ArrayList<>();
    private long logStalledNs;
    private long storeStalledNs;
    private final StallWatch stalls = new StallWatch(
            consensus(),
            () -> logStalledNs,
            () -> storeStalledNs,
            new ReplicationLoop.Pace(TICK_NS, STALL_NS_MAX));

    /// A leader with one follower.
    private Consensus consensus() {
        PeerProgress follower = new PeerProgress(7, 8, Replication.REPLICATE, true, 0, 0, 0);
        RaftStatus status = new RaftStatus(
                1, new HardState(3, 1, 7), RaftRole.LEADER, 1, 0, 7, 7, ConfState.ofVoters(Set.of(1L, 2L)),
                Map.of(2L, follower));
        return (Consensus) Proxy.newProxyInstance(
                Consensus.class.getClassLoader(), new Class<?>[] {Consensus.class}, (_, method, arguments) -> {
                    if (method.getName().equals("transferLeadership")) {
                        successors.add((Long) arguments[0]);
                    }
                    return method.getName().equals("status") ? status : null;
                });
    }

    private void lead(int ticks) {
        for (int tick = 0; tick < ticks; tick++) {
            stalls.maybeHandOver();
        }
    }

    @Test
    void shouldHandOverAtOnceIfTheLogHangs() {
        logStalledNs = STALL_NS_MAX;
        lead(1);
        assertEquals(List.of(), successors);
        logStalledNs++;
        lead(1);
        assertEquals(List.of(2L), successors);
    }

    @Test
    void shouldHandOverIfTheStoreHangs() {
        lead(NEW_LEADER_TICKS);
        storeStalledNs = STALL_NS_MAX + 1;
        lead(1);
        assertEquals(List.of(2L), successors);
    }

    /// What takes long to apply does so on all members: the lead must not go round meanwhile.
    @Test
    void shouldNotHandOnWhatItHasJustGot() {
        storeStalledNs = STALL_NS_MAX + 1;
        lead(NEW_LEADER_TICKS);
        stalls.onFollowing();
        lead(NEW_LEADER_TICKS);
        assertEquals(List.of(), successors);
        lead(1);
        assertEquals(List.of(2L), successors);
    }
}
