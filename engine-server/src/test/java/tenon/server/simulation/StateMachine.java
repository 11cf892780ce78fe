package tenon.server.simulation;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;

/// A few registers, and a digest that tells any two histories apart. Never changes: an entry makes a new one.
///
/// @param confState the configuration after the last entry
record StateMachine(long raftIndex, long term, long digest, long[] values, ConfState confState) {
    static final int KEYS = 3;

    static StateMachine initial(ConfState confState) {
        return new StateMachine(0, 0, 1, new long[KEYS], confState);
    }

    StateMachine apply(Entry entry, ConfState after) {
        Laws.check(entry.raftIndex() == raftIndex + 1, () -> "applied in order: " + raftIndex + ", then " + entry);
        long[] next = values;
        Command command = Command.find(entry);
        if (command != null && command.takesEffectOn(values[command.key()])) {
            next = values.clone();
            next[command.key()] = command.value();
        }
        long mixed = 31 * (31 * digest + entry.term()) + Arrays.hashCode(entry.data());
        return new StateMachine(
                entry.raftIndex(), entry.term(), 31 * mixed + entry.type().ordinal(), next, after);
    }

    long value(int key) {
        return values[key];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StateMachine that
                && raftIndex == that.raftIndex
                && term == that.term
                && digest == that.digest
                && Arrays.equals(values, that.values)
                && confState.equals(that.confState);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(digest);
    }

    byte[] encode() {
        ByteBuffer buffer = ByteBuffer.allocate(1024);
        buffer.putLong(raftIndex).putLong(term).putLong(digest);
        for (long value : values) {
            buffer.putLong(value);
        }
        put(buffer, confState.voters());
        put(buffer, confState.votersOutgoing());
        put(buffer, confState.learners());
        put(buffer, confState.learnersNext());
        buffer.put((byte) (confState.autoLeave() ? 1 : 0));
        buffer.putInt(crc(buffer.array(), buffer.position()));
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static void put(ByteBuffer buffer, Set<Long> nodeIds) {
        buffer.put((byte) nodeIds.size());
        new TreeSet<>(nodeIds).forEach(buffer::putLong);
    }

    static StateMachine decode(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int end = bytes.length - Integer.BYTES;
        Laws.check(end > 0 && buffer.getInt(end) == crc(bytes, end), () -> "the checkpoint is whole");
        long raftIndex = buffer.getLong();
        long term = buffer.getLong();
        long digest = buffer.getLong();
        long[] values = new long[KEYS];
        Arrays.setAll(values, i -> buffer.getLong());
        ConfState conf =
                new ConfState(set(buffer), set(buffer), set(buffer), set(buffer), buffer.get() == 1);
        return new StateMachine(raftIndex, term, digest, values, conf);
    }

    private static Set<Long> set(ByteBuffer buffer) {
        Set<Long> nodeIds = new TreeSet<>();
        for (int i = buffer.get(); i > 0; i--) {
            nodeIds.add(buffer.getLong());
        }
        return nodeIds;
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /// A write, as the data of an entry.
    ///
    /// @param id of the operation, from 1; also what is written
    /// @param expected what must be there for it to take effect, or [#ANYTHING], or [#NOTHING]
    record Command(long id, int key, long expected) {
        static final long ANYTHING = -1;

        /// Never there.
        static final long NOTHING = -2;

        private static final int BYTES = 2 * Long.BYTES + Integer.BYTES;

        static Command find(Entry entry) {
            if (entry.type() != EntryType.NORMAL || entry.data().length < BYTES) {
                return null;
            }
            ByteBuffer buffer = ByteBuffer.wrap(entry.data());
            return new Command(buffer.getLong(), buffer.getInt(), buffer.getLong());
        }

        byte[] encode(int paddingBytes) {
            return ByteBuffer.allocate(BYTES + paddingBytes)
                    .putLong(id)
                    .putInt(key)
                    .putLong(expected)
                    .array();
        }

        long value() {
            return id;
        }

        boolean takesEffectOn(long current) {
            return expected == ANYTHING || expected == current;
        }
    }
}
