package tenon.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfStateTest {
    @Test
    void shouldNameNodesInTheSameOrderInEveryRun() {
        ConfState state = new ConfState(Set.of(9L, 3L, 70L, 1L), Set.of(5L, 4L, 6L), Set.of(), Set.of(4L), true);
        assertEquals(List.of(1L, 3L, 9L, 70L), List.copyOf(state.voters()));
        assertEquals(
                "ConfState[voters=[1, 3, 9, 70], votersOutgoing=[4, 5, 6], learners=[], learnersNext=[4], autoLeave=true]",
                state.toString());
    }

    @Test
    void shouldStayAsItWasMade() {
        Set<Long> voters = new HashSet<>(Set.of(1L, 2L));
        ConfState state = ConfState.ofVoters(voters);
        voters.add(3L);
        assertEquals(Set.of(1L, 2L), state.voters());
        assertThrows(UnsupportedOperationException.class, () -> state.voters().add(4L));
        assertEquals(ConfState.ofVoters(Set.of(2L, 1L)), state);
    }
}
