package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.testkit.Seeds;

/// The log against a plain list, through growth in runs of all lengths, replacement and compaction.
class RaftLogTest {
    private final RandomGenerator random = Seeds.random(RaftLogTest.class);
    private final RaftLog log = new RaftLog(RecoveredState.joining());
    private final List<Entry> plain = new ArrayList<>();
    private final List<List<Entry>> handedOut = new ArrayList<>();
    private final List<List<Entry>> copies = new ArrayList<>();
    private long term = 1;

    private List<Entry> newEntries(long previousIndex, int count) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            entries.add(new Entry(term, previousIndex + i, EntryType.NORMAL, new byte[random.nextInt(20)]));
        }
        return entries;
    }

    private void keep(List<Entry> list) {
        handedOut.add(list);
        copies.add(List.copyOf(list));
    }

    private void change() {
        long last = plain.size();
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                List<Entry> entries = newEntries(last, random.nextInt(4));
                log.append(term, EntryType.NORMAL, entries.stream().map(Entry::data).toArray(byte[][]::new));
                plain.addAll(entries);
            }
            case 3 -> {
                term++;
                long from = log.committed() + random.nextLong(last - log.committed() + 1);
                List<Entry> entries = newEntries(from, 1 + random.nextInt(150));
                log.merge(random.nextBoolean() ? entries : new EntryList(entries.toArray(Entry[]::new)));
                plain.subList((int) from, plain.size()).clear();
                plain.addAll(entries);
            }
            case 4 -> {
                keep(log.takeEntriesToStore());
                log.onStored(last);
            }
            case 5 -> log.maybeCommit(log.committed() + random.nextLong(last - log.committed() + 1));
            case 6 -> {
                List<Entry> entries = log.takeEntriesToApply();
                keep(entries);
                log.onApplied(log.applied() + entries.size());
            }
            default -> log.compact(Math.max(log.firstIndex() - 1, log.applied() - random.nextInt(20)));
        }
    }

    private void check() {
        log.validate();
        assertEquals(plain.size(), log.lastIndex());
        long first = log.firstIndex();
        assertEquals(plain.subList((int) first - 1, plain.size()), log.slice(first, Long.MAX_VALUE).entries());
        long index = first + random.nextLong(log.lastIndex() - first + 2);
        long limitBytes = random.nextInt(100);
        RaftLog.Slice taken = log.slice(index, limitBytes);
        List<Entry> slice = taken.entries();
        assertEquals(plain.subList((int) index - 1, (int) index - 1 + slice.size()), slice);
        long sizeBytes = slice.stream().mapToLong(entry -> entry.data().length).sum();
        assertTrue(slice.size() <= 1 || sizeBytes <= limitBytes);
        assertEquals(sizeBytes, taken.sizeBytes());
        assertEquals(slice.isEmpty() ? 0 : index, taken.from());
        assertTrue(!slice.isEmpty() || index > log.lastIndex());
        long sought = random.nextLong(term + 1);
        long expected = log.lastIndex();
        while (expected > 0 && plain.get((int) expected - 1).term() > sought) {
            expected--;
        }
        assertEquals(Math.max(expected, first - 2), log.findConflict(log.lastIndex(), sought));
    }

    @Test
    void shouldHoldWhatAPlainListHolds() {
        for (int step = 0; step < 3000; step++) {
            change();
            check();
        }
        assertTrue(log.firstIndex() > 1000 && log.committed() > 1000);
        assertEquals(copies, handedOut, "what was handed out has changed");
    }
}
