package tenon.server.peer;

import com.google.protobuf.MessageLite;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tenon.api.Clock;
import tenon.api.FileSystem;
import tenon.api.Message;
import tenon.api.OpenMode;
import tenon.api.StorageException;
import tenon.api.StorageFile;
import tenon.server.peer.wire.SnapshotChunk;
import tenon.server.peer.wire.SnapshotEnd;
import tenon.server.peer.wire.SnapshotFailed;
import tenon.server.peer.wire.SnapshotReceived;
import tenon.server.peer.wire.SnapshotResume;
import tenon.server.replication.Inbox;
import tenon.server.replication.Joining;

/// Puts snapshots that come on the disk, one at a time. Its one thread, which waits for the disk, starts with the first
/// one. What has come of a snapshot whose connection broke is kept for a while, for its rest.
///
/// If another one begins meanwhile, the one of the higher term goes on; of the same term, the newer one, unless the
/// older one has a connection.
final class SnapshotReceiver implements AutoCloseable {
    private final PeerEnvironment world;
    private final FileSystem files;
    private final Path directory;
    private final Inbox<Event> inbox = new Inbox<>();
    // Guarded by this.
    private Thread thread;

    // Only the receiver's thread uses these.
    private Reception current;
    /// Of the last one that came whole; the sender asks again if the answer got lost.
    private SnapshotAssembly lastWhole;

    private sealed interface Event {}

    private record Begin(AcceptedConnection from, SnapshotAssembly assembly) implements Event {}

    private record Add(AcceptedConnection from, SnapshotChunk chunk) implements Event {}

    private record End(AcceptedConnection from, SnapshotEnd end) implements Event {}

    private record Broken(AcceptedConnection from) implements Event {}

    /// A snapshot has waited long enough for its rest.
    private record Expired(Reception reception) implements Event {}

    /// What is coming.
    private static final class Reception {
        private final SnapshotAssembly assembly;
        private final StorageFile file;
        private final long begunNs;
        private Path path;
        private final PeerCounters.Transfers counters;
        /// Null while it is broken; then there is an expiry.
        private AcceptedConnection from;
        private Clock.Timer expiry;

        Reception(SnapshotAssembly assembly, StorageFile file, long begunNs, PeerCounters.Transfers counters) {
            this.assembly = assembly;
            this.file = file;
            this.path = file.path();
            this.begunNs = begunNs;
            this.counters = counters;
        }
    }

    SnapshotReceiver(PeerEnvironment world) {
        this.world = world;
        this.files = world.platform().files();
        this.directory = world.options().snapshotDirectory();
    }

    // ---- called by event loops

    void begin(AcceptedConnection from, SnapshotAssembly assembly) {
        synchronized (this) {
            if (thread == null) {
                thread = world.platform().threads().start("tenon-snapshot-receive", this::run);
            }
        }
        inbox.offer(new Begin(from, assembly));
    }

    void add(AcceptedConnection from, SnapshotChunk chunk) {
        inbox.offer(new Add(from, chunk));
    }

    void end(AcceptedConnection from, SnapshotEnd end) {
        inbox.offer(new End(from, end));
    }

    void onBroken(AcceptedConnection from) {
        inbox.offer(new Broken(from));
    }

    /// Drops what has not come whole, and ends the thread.
    @Override
    public void close() {
        inbox.close();
        Thread running;
        synchronized (this) {
            running = thread;
        }
        Joining.join(running);
    }

    // ---- the receiver's thread

    private void run() {
        try {
            List<Event> events = new ArrayList<>();
            while ((events = inbox.take(events)) != null) {
                events.forEach(this::take);
                events.clear();
            }
        } catch (InterruptedException _) {
            // As a close.
        } finally {
            drop();
        }
    }

    private void take(Event event) {
        switch (event) {
            case Begin begin -> guarded(begin.from, () -> onBegin(begin.from, begin.assembly));
            case Add add -> {
                guarded(add.from, () -> onChunk(add.from, add.chunk));
                add.from.onChunkDone();
            }
            case End end -> guarded(end.from, () -> onEnd(end.from, end.end));
            case Broken broken -> {
                if (isCurrent(broken.from)) {
                    keepForRest(current);
                }
            }
            case Expired expired -> {
                if (current == expired.reception && current.from == null) {
                    drop();
                }
            }
        }
    }

    /// Whatever fails costs the sender this snapshot, and nobody anything else.
    private void guarded(AcceptedConnection from, Runnable step) {
        try {
            step.run();
        } catch (PeerProtocolException e) {
            giveUp(from, e.getMessage());
        } catch (StorageException e) {
            giveUp(from, "the disk: " + e.getMessage());
        } catch (RuntimeException e) {
            giveUp(from, "an error of this node: " + e);
        }
    }

    private void giveUp(AcceptedConnection from, String reason) {
        world.notices().log(Level.WARNING, "a snapshot from " + who(from) + " was given up: " + reason);
        if (isCurrent(from)) {
            drop();
        }
        // The sender closes the connection when it has read this. To close it here might cut that off.
        answer(
                from,
                FrameType.SNAPSHOT_FAILED,
                SnapshotFailed.newBuilder().setText(Notices.printable(reason)).build());
    }

    private boolean isCurrent(AcceptedConnection from) {
        return current != null && current.from == from;
    }

    private void onBegin(AcceptedConnection from, SnapshotAssembly assembly) {
        if (lastWhole != null && lastWhole.isSame(assembly)) {
            answer(from, FrameType.SNAPSHOT_RECEIVED, SnapshotReceived.getDefaultInstance());
            return;
        }
        if (current == null || !current.assembly.isSame(assembly)) {
            checkPrecedence(assembly);
            drop();
            begin(assembly, from.peer().counters().snapshotsReceived);
        }
        goOn(from);
        answer(
                from,
                FrameType.SNAPSHOT_RESUME,
                SnapshotResume.newBuilder()
                        .setPositionBytes(current.assembly.positionBytes())
                        .build());
    }

    private void goOn(AcceptedConnection from) {
        if (current.expiry != null) {
            current.expiry.cancel();
        }
        if (current.from != null) {
            current.from.close("its snapshot goes on elsewhere");
        }
        current.from = from;
    }

    private void checkPrecedence(SnapshotAssembly assembly) {
        if (current == null) {
            return;
        }
        Message.InstallSnapshot coming = current.assembly.message();
        boolean later = assembly.message().term() > coming.term();
        boolean earlier = assembly.message().term() < coming.term();
        if (earlier || !later && current.from != null && assembly.message().from() != coming.from()) {
            throw new PeerProtocolException("another one is coming from node " + Handshake.hex(coming.from()));
        }
    }

    private void begin(SnapshotAssembly assembly, PeerCounters.Transfers counters) {
        long freeBytes = files.freeBytes(directory);
        if (assembly.sizeBytes() > freeBytes) {
            throw new PeerProtocolException(
                    "a snapshot of " + assembly.sizeBytes() + " bytes, where " + freeBytes + " are free");
        }
        StorageFile file = files.open(SnapshotFiles.part(directory, assembly.id()), OpenMode.CREATE);
        current = new Reception(assembly, file, world.clock().monotonicNs(), counters);
        counters.onSize(assembly.sizeBytes());
        file.truncate(0);
    }

    private void onChunk(AcceptedConnection from, SnapshotChunk chunk) {
        if (!isCurrent(from)) {
            return;
        }
        ByteBuffer data = chunk.getData().asReadOnlyByteBuffer();
        long position = chunk.getPositionBytes();
        current.assembly.add(position, data);
        current.file.write(position, data);
        current.counters.doneBytes.set(current.assembly.positionBytes());
    }

    /// Only here the file gets the name under which it is whole.
    private void onEnd(AcceptedConnection from, SnapshotEnd end) {
        if (!isCurrent(from)) {
            return;
        }
        Reception whole = current;
        whole.assembly.checkWhole(end.getSizeBytes(), end.getCrc());
        whole.file.sync();
        whole.file.close();
        Message.InstallSnapshot message = whole.assembly.message();
        Path target = SnapshotFiles.whole(directory, message.mark().raftIndex());
        files.rename(whole.path, target);
        // Should the rest fail, this is what is to be deleted.
        whole.path = target;
        files.syncDirectory(directory);
        world.handler().onSnapshot(message, target);
        current = null;
        lastWhole = whole.assembly;
        whole.counters.onEnd(true, world.clock().monotonicNs() - whole.begunNs);
        answer(from, FrameType.SNAPSHOT_RECEIVED, SnapshotReceived.getDefaultInstance());
    }

    private void keepForRest(Reception broken) {
        broken.from = null;
        broken.expiry = world.clock()
                .after(world.timing().snapshotResumeNs(), () -> inbox.offer(new Expired(broken)));
    }

    /// Forgets what is coming, if anything is.
    private void drop() {
        if (current == null) {
            return;
        }
        Reception dropped = current;
        current = null;
        dropped.counters.onEnd(false, 0);
        try {
            dropped.file.close();
            files.delete(dropped.path);
        } catch (StorageException e) {
            world.notices().log(Level.WARNING, "the rest of a snapshot cannot be deleted: " + e.getMessage());
        }
    }

    private static void answer(AcceptedConnection to, FrameType type, MessageLite body) {
        to.writeAndFlush(type, body);
    }

    private static String who(AcceptedConnection from) {
        return "node " + Handshake.hex(from.peer().nodeId());
    }
}
