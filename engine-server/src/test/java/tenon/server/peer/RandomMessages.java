package tenon.server.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.Message;
import tenon.api.SnapshotMark;

/// Messages of all kinds, as a Raft core might send them.
final class RandomMessages {
    static final int KIND_COUNT = 11;

    private final RandomGenerator random;
    private final long from;
    private final long to;

    RandomMessages(RandomGenerator random, long from, long to) {
        this.random = random;
        this.from = from;
        this.to = to;
    }

    Message next() {
        return ofKind(random.nextInt(KIND_COUNT));
    }

    Message ofKind(int kind) {
        long term = 1 + random.nextLong(1L << 62);
        return switch (kind) {
            case 0 -> append(term, random.nextInt(4), 200);
            case 1 ->
                new Message.AppendResponse(
                        from, to, term, positive(), random.nextBoolean(), positive(), positive());
            case 2 ->
                new Message.Vote(
                        from, to, term, positive(), positive(), random.nextBoolean(), random.nextBoolean());
            case 3 ->
                new Message.VoteResponse(
                        from, to, term, random.nextBoolean(), random.nextBoolean(), positive(), positive());
            case 4 -> heartbeat(term, random.nextLong());
            case 5 -> new Message.HeartbeatResponse(from, to, term, random.nextLong());
            case 6 -> snapshot(term);
            case 7 -> new Message.Forward(from, to, term, proposals(random.nextInt(4)));
            case 8 -> new Message.ReadIndex(from, to, term, random.nextLong());
            case 9 -> new Message.ReadIndexResponse(from, to, term, random.nextLong(), positive());
            case 10 -> new Message.TimeoutNow(from, to, term);
            default -> throw new IllegalArgumentException("kind " + kind);
        };
    }

    Message.Heartbeat heartbeat(long term, long readContext) {
        return new Message.Heartbeat(from, to, term, positive(), readContext);
    }

    Message.Append append(long term, int entryCount, int dataBytesMax) {
        long previousIndex = random.nextLong(Long.MAX_VALUE - entryCount);
        List<Entry> entries = new ArrayList<>();
        for (int place = 0; place < entryCount; place++) {
            EntryType type = random.nextInt(10) == 0 ? EntryType.CONF_CHANGE : EntryType.NORMAL;
            entries.add(new Entry(random.nextLong(term + 1), previousIndex + 1 + place, type, bytes(dataBytesMax)));
        }
        return new Message.Append(from, to, term, positive(), previousIndex, entries, positive());
    }

    Message.InstallSnapshot snapshot(long term) {
        return new Message.InstallSnapshot(
                from,
                to,
                term,
                new SnapshotMark(positive(), positive()),
                new ConfState(ids(), ids(), ids(), ids(), random.nextBoolean()));
    }

    private List<Entry> proposals(int count) {
        List<Entry> proposals = new ArrayList<>();
        for (int place = 0; place < count; place++) {
            proposals.add(new Entry(0, 0, EntryType.NORMAL, bytes(200)));
        }
        return proposals;
    }

    private Set<Long> ids() {
        Set<Long> ids = new TreeSet<>();
        for (int count = random.nextInt(5); count > 0; count--) {
            ids.add(random.nextLong());
        }
        return ids;
    }

    /// Small ones and large ones.
    private long positive() {
        return random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63);
    }

    private byte[] bytes(int countMax) {
        byte[] bytes = new byte[random.nextInt(countMax + 1)];
        random.nextBytes(bytes);
        return bytes;
    }
}
