package tenon.testkit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// A file of the simulated disk: its content as a program sees it, as it is on the disk, and the operations in between.
final class DiskFile implements DiskNode {
    static final int SECTOR_BYTES = 512;

    // Invariant: live = durable with all pending operations applied in order, unless a sync failed.
    final DiskImage live = new DiskImage();
    final DiskImage durable = new DiskImage();
    private final List<Pending> pending = new ArrayList<>();
    private final List<Mapping> mappings = new ArrayList<>();
    SimulatedFile lockHolder;

    private sealed interface Pending {}

    private record PendingWrite(long position, byte[] bytes) implements Pending {}

    private record PendingSize(int sizeBytes, boolean growsOnly) implements Pending {}

    private record Mapping(MemorySegment segment, long position) {}

    void write(long position, byte[] bytes) {
        writePending(position, bytes);
        live.write(position, bytes, 0, bytes.length);
        show(position, bytes.length);
    }

    /// A write that the power cut interrupts.
    void writePending(long position, byte[] bytes) {
        pending.add(new PendingWrite(position, bytes));
    }

    void setSize(int sizeBytes, boolean growsOnly) {
        pending.add(new PendingSize(sizeBytes, growsOnly));
        int before = live.sizeBytes();
        if (growsOnly) {
            live.growTo(sizeBytes);
        } else {
            live.truncate(sizeBytes);
        }
        if (live.sizeBytes() < before) {
            show(live.sizeBytes(), before - live.sizeBytes());
        }
    }

    void sync() {
        pending.forEach(operation -> apply(operation, durable));
        pending.clear();
    }

    void forgetPending() {
        pending.clear();
    }

    /// Changes the medium behind everybody's back.
    void corrupt(long position, int mask) {
        for (DiskImage image : List.of(live, durable)) {
            if (position < image.sizeBytes()) {
                image.array()[(int) position] ^= (byte) mask;
            }
        }
        show(position, 1);
    }

    void replaceContent(byte[] content) {
        pending.clear();
        for (DiskImage image : List.of(live, durable)) {
            image.truncate(0);
            image.write(0, content, 0, content.length);
        }
        for (Mapping mapping : List.copyOf(mappings)) {
            show(mapping.position, (int) mapping.segment.byteSize());
        }
    }

    MemorySegment map(long position, long sizeBytes, Arena arena) {
        MemorySegment segment = arena.allocate(sizeBytes, 8);
        mappings.add(new Mapping(segment, position));
        show(position, (int) Math.min(sizeBytes, Integer.MAX_VALUE));
        return segment.asReadOnly();
    }

    /// The content after a crash.
    DiskFile afterCrash(CrashPlan plan) {
        DiskFile after = new DiskFile();
        after.durable.replaceBy(durable);
        for (Pending operation : pending) {
            switch (plan.fate()) {
                case KEPT -> apply(operation, after.durable);
                case DROPPED -> {}
                case TORN -> tear(operation, after.durable, plan);
                case MISDIRECTED -> apply(misdirected(operation, plan.misdirectionBytes()), after.durable);
            }
        }
        after.live.replaceBy(after.durable);
        return after;
    }

    DiskFile copy() {
        DiskFile copy = new DiskFile();
        copy.live.replaceBy(live);
        copy.durable.replaceBy(live);
        return copy;
    }

    private static void apply(Pending operation, DiskImage image) {
        switch (operation) {
            case PendingWrite(long position, byte[] bytes) -> image.write(position, bytes, 0, bytes.length);
            case PendingSize(int sizeBytes, boolean growsOnly) -> {
                if (growsOnly) {
                    image.growTo(sizeBytes);
                } else {
                    image.truncate(sizeBytes);
                }
            }
        }
    }

    private static Pending misdirected(Pending operation, int distance) {
        return switch (operation) {
            case PendingWrite(long position, byte[] bytes) -> position + distance < 0
                    ? new PendingWrite(position, new byte[0])
                    : new PendingWrite(position + distance, bytes);
            case PendingSize size -> size;
        };
    }

    private static void tear(Pending operation, DiskImage image, CrashPlan plan) {
        switch (operation) {
            case PendingWrite(long position, byte[] bytes) -> {
                if (plan.keepsSector()) {
                    // The size may be on the disk before the bytes are.
                    image.growTo((int) position + bytes.length);
                }
                int index = 0;
                while (index < bytes.length) {
                    int toBoundary = SECTOR_BYTES - (int) ((position + index) % SECTOR_BYTES);
                    int length = Math.min(toBoundary, bytes.length - index);
                    if (plan.keepsSector()) {
                        image.write(position + index, bytes, index, length);
                    }
                    index += length;
                }
            }
            case PendingSize(int sizeBytes, boolean growsOnly) -> {
                if (growsOnly) {
                    int half = (image.sizeBytes() + sizeBytes) / 2 / SECTOR_BYTES * SECTOR_BYTES;
                    image.growTo(Math.max(image.sizeBytes(), half));
                }
            }
        }
    }

    /// Lets the mappings see the live bytes of a range.
    private void show(long position, int length) {
        mappings.removeIf(mapping -> !mapping.segment.scope().isAlive());
        for (Mapping mapping : mappings) {
            long from = Math.max(position, mapping.position);
            long to = Math.min(position + length, mapping.position + mapping.segment.byteSize());
            if (from < to) {
                int present = live.available(from, (int) (to - from));
                MemorySegment.copy(
                        live.array(), present == 0 ? 0 : (int) from, mapping.segment, ValueLayout.JAVA_BYTE,
                        from - mapping.position, present);
                mapping.segment
                        .asSlice(from - mapping.position + present, to - from - present)
                        .fill((byte) 0);
            }
        }
    }
}
