package tenon.server.divergence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tenon.server.divergence.stored.Told;
import tenon.testkit.Seeds;

class JudgementTest {
    private static Set<Long> voters(int count) {
        return LongStream.rangeClosed(1, count).boxed().collect(Collectors.toSet());
    }

    private static Told told(long memberId, long hash) {
        return told(memberId, hash, 1);
    }

    private static Told told(long memberId, long hash, long since) {
        return Told.newBuilder()
                .setMemberId(memberId)
                .setRevision(7)
                .setHash(hash)
                .setSinceRevision(since)
                .build();
    }

    private static List<Long> ids(List<Told> told) {
        return told.stream().map(Told::getMemberId).toList();
    }

    @Test
    void shouldNameNobodyWhileAllAreEqual() {
        Judgement all = Judgement.of(voters(3), List.of(told(1, 5), told(2, 5), told(3, 5)));
        assertEquals(5, all.reference().getHash());
        assertEquals(List.of(), all.diverged());
        assertEquals(5, Judgement.of(voters(1), List.of(told(1, 5))).reference().getHash());
    }

    @Test
    void shouldWaitForAQuorum() {
        assertFalse(Judgement.of(voters(3), List.of(told(1, 5))).isDecided());
        assertFalse(Judgement.of(voters(3), List.of(told(1, 5), told(2, 6))).isDecided());
        assertTrue(Judgement.of(voters(3), List.of(told(1, 5), told(2, 5))).isDecided());
        assertFalse(Judgement.of(voters(5), List.of(told(1, 5), told(2, 6), told(3, 5), told(4, 6))).isDecided());
    }

    @Test
    void shouldNameWhoDiffersFromAQuorumLearnersToo() {
        Set<Long> three = voters(3);
        assertEquals(List.of(1L), ids(Judgement.of(three, List.of(told(1, 4), told(2, 5), told(3, 5))).diverged()));
        assertEquals(
                List.of(9L),
                ids(Judgement.of(three, List.of(told(9, 4), told(2, 5), told(3, 5))).diverged()));
        assertFalse(
                Judgement.of(three, List.of(told(9, 5), told(1, 5))).isDecided(), "a learner is no part of a quorum");
    }

    @Test
    void shouldNameAllThatContradictOneAnotherIfNoQuorumAgrees() {
        Judgement two = Judgement.of(voters(2), List.of(told(1, 5), told(2, 6)));
        assertNull(two.reference());
        assertEquals(List.of(1L, 2L), ids(two.diverged()));
        Judgement three = Judgement.of(voters(3), List.of(told(1, 5), told(2, 6), told(3, 7)));
        assertEquals(List.of(1L, 2L, 3L), ids(three.diverged()));
        Judgement early = Judgement.of(voters(4), List.of(told(1, 5), told(2, 6), told(3, 7)));
        assertEquals(List.of(1L, 2L, 3L), ids(early.diverged()), "the fourth cannot make a quorum of three");
    }

    @Test
    void shouldNotCompareHashesThatBeganApart() {
        Judgement three = Judgement.of(voters(3), List.of(told(1, 5), told(2, 5), told(3, 6, 40)));
        assertEquals(List.of(), three.diverged());
        assertTrue(three.isIncomparable(3));
        Judgement two = Judgement.of(voters(2), List.of(told(1, 5), told(2, 6, 40)));
        assertEquals(List.of(), two.diverged());
        assertEquals(List.of(1L, 2L), ids(two.incomparable()));
        assertTrue(two.isDecided());
        Judgement some = Judgement.of(voters(3), List.of(told(1, 5), told(2, 6), told(3, 6, 40)));
        assertEquals(List.of(1L, 2L), ids(some.diverged()));
    }

    @Test
    void shouldNameAMinorityAndNeverAMajorityInWhateverOrderTheyTell() {
        RandomGenerator random = Seeds.random(getClass());
        for (int round = 0; round < 2000; round++) {
            int voterCount = 1 + random.nextInt(7);
            List<Told> told = new ArrayList<>();
            for (long id = 1; id <= voterCount; id++) {
                told.add(told(id, random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0));
            }
            Collections.shuffle(told, new Random(random.nextLong()));
            List<Long> named = new ArrayList<>();
            for (int count = 1; count <= voterCount; count++) {
                named.addAll(ids(Judgement.of(voters(voterCount), told.subList(0, count)).diverged()));
            }
            for (Told one : told) {
                long sameCount = told.stream().filter(other -> Judgement.isSame(one, other)).count();
                boolean isMost = 2 * sameCount > voterCount;
                boolean isAnyMost = told.stream()
                        .anyMatch(other -> 2 * told.stream()
                                        .filter(third -> Judgement.isSame(other, third))
                                        .count()
                                > voterCount);
                assertEquals(!isMost && (isAnyMost || sameCount < voterCount), named.contains(one.getMemberId()));
            }
        }
    }
}
