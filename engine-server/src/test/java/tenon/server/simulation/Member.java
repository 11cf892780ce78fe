package tenon.server.simulation;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import tenon.api.ConfChange;
import tenon.api.ConfState;
import tenon.api.CorruptDataException;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.Message;
import tenon.api.MisuseException;
import tenon.api.ProposalDroppedException;
import tenon.api.RaftRole;
import tenon.api.RaftStatus;
import tenon.api.Ready;
import tenon.api.SnapshotMark;
import tenon.api.StorageException;
import tenon.raft.ConfChangeCodec;
import tenon.raft.RaftNode;
import tenon.raft.RecoveredState;
import tenon.server.simulation.Tally.Event;
import tenon.testkit.DiskPace;
import tenon.testkit.SimulatedPowerCut;

/// A server in small: a core, a disk, a state machine. It keeps the contract of the core and of the log to the letter,
/// and takes as long for each thing as its disk and its clock make it.
final class Member {
    private static final int APPLY_UNITS = 25;
    private static final int SLOW_APPLY_UNITS = 300;
    private static final int RESTART_UNITS = 10 * Timeline.TICK_UNITS;
    private static final int READIES_MAX = 1000;

    final World world;
    final long id;
    final MemberDisk disk;
    final DiskPace pace;
    final MemberClients clients;

    /// All that the core handed out to be stored, as the core has it.
    final StoredLog handedOut = new StoredLog();

    // For the laws.
    long ledTerm;
    long ledLastIndex;
    long ledHandedOutTerm;
    long knownCommitIndex;

    private final RandomGenerator random;
    private final int usualRatePercent;
    private final int applyMaxUnits;
    private int ratePercent;
    private long pausedUntilUnits;

    /// Null while down.
    private RaftNode node;

    private RaftRole role = RaftRole.FOLLOWER;
    private long life;
    private boolean isRotten;
    private boolean isRefused;

    private StateMachine state;
    private final DiskOrders orders;
    private final ArrayDeque<Entry> toApply = new ArrayDeque<>();
    private boolean isApplying;
    private long checkpointIndex;

    /// Snapshots that arrived, by the message that the core may ask to install.
    private final Map<Message.InstallSnapshot, StateMachine> arrived = new HashMap<>();

    Member(World world, long id, RecoveredState first) {
        this.world = world;
        this.id = id;
        random = Shape.stream(world.shape.seed(), 1000 + id);
        usualRatePercent = world.shape.ratePercent(random);
        applyMaxUnits = random.nextInt(4) == 0 ? SLOW_APPLY_UNITS : APPLY_UNITS;
        ratePercent = usualRatePercent;
        disk = new MemberDisk(id, world.shape, world.tally);
        pace = new DiskPace(Shape.stream(world.shape.seed(), 2000 + id), 2, 30);
        orders = new DiskOrders(this);
        clients = new MemberClients(this);
        disk.create(first);
    }

    // --- Life

    boolean isUp() {
        return node != null;
    }

    /// Null while down.
    RaftNode node() {
        return node;
    }

    boolean isRefused() {
        return isRefused;
    }

    /// Up, and not paused: it answers at once.
    boolean isResponsive() {
        return isUp() && world.timeline.nowUnits() >= pausedUntilUnits;
    }

    boolean isRotten() {
        return isRotten;
    }

    /// Refused, and still a member.
    boolean isRefusedMember() {
        ConfState conf = world.laws.lastConfState();
        return isRefused && (conf.voters().contains(id) || conf.learners().contains(id));
    }

    boolean leads() {
        return isUp() && role == RaftRole.LEADER;
    }

    /// Grows with each start.
    long life() {
        return life;
    }

    StateMachine state() {
        return state;
    }

    void start() {
        life++;
        try {
            RecoveredState recovered = disk.open();
            isRotten = false;
            begin(recovered);
        } catch (CorruptDataException e) {
            Laws.check(isRotten, () -> "a log that is not damaged opens: " + e.getMessage());
            isRefused = true;
            world.tally.count(Event.LOGS_REFUSED);
            world.trace.note(id, "refused", e::getMessage);
        } catch (SimulatedPowerCut e) {
            onPowerCut();
        } catch (StorageException e) {
            onStorageFailed(e);
        }
    }

    private void begin(RecoveredState recovered) {
        handedOut.begin(
                recovered.snapshot().raftIndex(), recovered.snapshot().term(), recovered.entries());
        state = disk.checkpoint();
        checkpointIndex = state.raftIndex();
        knownCommitIndex = recovered.hardState().commitIndex();
        ledHandedOutTerm = 0;
        role = RaftRole.FOLLOWER;
        node = RaftNode.start(world.shape.options(id), recovered);
        world.trace.note(id, "start", () -> recovered.hardState() + " log (" + recovered.snapshot().raftIndex() + ", "
                + handedOut.lastIndex() + "] applied " + state.raftIndex() + " " + Texts.of(state.confState()));
        long phase = world.shape.hasEvenTicks() ? random.nextInt(Timeline.TICK_UNITS) : 0;
        scheduleTick(phase);
        afterInput();
        if (disk.takeTorn()) {
            campaign();
        }
    }

    void restart() {
        if (!isUp() && !isRefused) {
            world.tally.count(Event.RESTARTS);
            start();
        }
    }

    void restartAfter(long units) {
        long now = life;
        world.timeline.after(units, () -> {
            if (life == now) {
                restart();
            }
        });
    }

    /// The process ends; what it wrote may be on the disk or in the memory of the operating system.
    void kill() {
        if (isUp()) {
            world.trace.note(id, "killed");
            stop();
            disk.close();
        }
    }

    void cutPower() {
        if (isUp()) {
            world.trace.note(id, "power cut");
            stop();
            disk.cutPower(random);
        }
    }

    /// Cuts the power and turns a bit of what is left.
    void rot(boolean inTail) {
        cutPower();
        isRotten = true;
        String what = disk.rot(random, inTail);
        world.trace.note(id, "rot", () -> what);
    }

    private void onPowerCut() {
        world.trace.note(id, "power cut", () -> disk.isInstalling ? "during an installation" : "during I/O");
        world.tally.count(Event.CRASHES_AT_IO);
        if (disk.isInstalling) {
            world.tally.count(Event.CRASHES_BETWEEN_MARK_AND_INSTALLATION);
        }
        stop();
        disk.cutPower(random);
        restartAfter(random.nextInt(random.nextBoolean() ? Timeline.TICK_UNITS : RESTART_UNITS));
    }

    /// As servers do: it stops, and somebody starts it again. Whoever sees an I/O error boots the machine.
    private void onStorageFailed(StorageException failure) {
        world.trace.note(id, "stopped", failure::getMessage);
        boolean isFull = failure instanceof tenon.api.StorageFullException;
        world.tally.count(isFull ? Event.STOPS_BY_FULL_DISK : Event.STOPS_BY_IO_ERROR);
        stop();
        if (isFull && random.nextBoolean()) {
            disk.close();
        } else {
            disk.cutPower(random);
        }
        restartAfter(random.nextInt(RESTART_UNITS));
    }

    private void stop() {
        life++;
        node = null;
        disk.isInstalling = false;
        orders.clear();
        toApply.clear();
        isApplying = false;
        arrived.clear();
        clients.clear();
    }

    /// Runs a step of this member, unless it died before or dies in it.
    private void run(long ofLife, Runnable step) {
        if (ofLife != life) {
            return;
        }
        if (world.timeline.nowUnits() < pausedUntilUnits) {
            world.timeline.at(pausedUntilUnits, () -> run(ofLife, step));
            return;
        }
        try {
            step.run();
        } catch (SimulatedPowerCut e) {
            onPowerCut();
        } catch (StorageException e) {
            onStorageFailed(e);
        }
    }

    void runAfter(long units, Runnable step) {
        long now = life;
        world.timeline.after(units, () -> run(now, step));
    }

    // --- Time

    private void scheduleTick(long phaseUnits) {
        runAfter(phaseUnits + Timeline.TICK_UNITS * 100L / ratePercent, () -> {
            scheduleTick(0);
            node.tick();
            afterInput();
        });
    }

    void setRate(int percent) {
        ratePercent = percent;
    }

    void setUsualRate() {
        ratePercent = usualRatePercent;
    }

    void pauseUntil(long units) {
        pausedUntilUnits = units;
    }

    // --- Events of the core

    /// What an input made of the core is observed and carried out.
    void afterInput() {
        observe();
        for (int count = 0; node.hasReady() && mayTake(); count++) {
            Laws.check(count < READIES_MAX, () -> "an input leads to rest: " + this);
            carryOut(node.ready());
        }
    }

    private void observe() {
        RaftStatus status = node.status();
        if (status.role() == RaftRole.LEADER && role != RaftRole.LEADER) {
            world.tally.count(Event.ELECTIONS_WON);
            world.trace.note(id, "leads", () -> "term " + status.hardState().term());
        }
        role = status.role();
        world.laws.observe(this, status);
    }

    private boolean mayTake() {
        return world.shape.asynchronous() || !orders.isStoring() && !isApplying;
    }

    void input(Runnable event) {
        run(life, () -> {
            event.run();
            afterInput();
        });
    }

    void receive(Message message, StateMachine snapshot) {
        input(() -> {
            if (message instanceof Message.InstallSnapshot install) {
                arrived.put(install, snapshot);
            }
            node.step(message);
        });
    }

    void onUnreachable(long nodeId) {
        input(() -> node.onUnreachable(nodeId));
    }

    void onSnapshotSent(long nodeId, boolean delivered) {
        input(() -> node.onSnapshotSent(nodeId, delivered));
    }

    private void carryOut(Ready ready) {
        StateMachine installed = null;
        if (ready.snapshot() != null) {
            installed = arrived.remove(ready.snapshot());
            takeOver(installed, ready.snapshot());
        }
        world.laws.onHandedOut(this, role == RaftRole.LEADER, ready.entriesToStore());
        if (ready.softState() != null && ready.softState().role() == RaftRole.LEADER) {
            world.laws.onLeader(this);
        }
        ready.messages().forEach(this::send);
        orders.store(ready, installed);
        toApply.addAll(ready.committedEntries());
        ready.readStates().forEach(clients::onConfirmed);
        clients.answerReads();
        orders.maybeStore();
        maybeApply();
    }

    private void takeOver(StateMachine installed, Message.InstallSnapshot snapshot) {
        Laws.check(toApply.isEmpty(), () -> "a snapshot comes out when all before it is applied");
        world.laws.onInstalled(installed);
        world.tally.count(Event.SNAPSHOTS_INSTALLED);
        state = installed;
        handedOut.onRestored(snapshot.mark().raftIndex(), snapshot.mark().term());
    }

    void send(Message message) {
        if (message instanceof Message.InstallSnapshot wanted) {
            Laws.check(state.raftIndex() >= wanted.mark().raftIndex(), () -> "a snapshot of what is applied: " + wanted);
            world.tally.count(Event.SNAPSHOTS_SENT);
            Message.InstallSnapshot filled = new Message.InstallSnapshot(
                    id, wanted.to(), wanted.term(), new SnapshotMark(state.term(), state.raftIndex()), state.confState());
            world.network.send(this, filled, state);
        } else {
            world.network.send(this, message, null);
        }
    }

    // --- Disk

    /// Whether a crash now leaves this entry; one who lost his disk had it, if anybody knows.
    boolean hasDurably(Entry entry) {
        return isRefused || disk.stored.isDurable(entry.raftIndex(), entry.term());
    }

    void checkpoint() {
        if (isUp() && state.raftIndex() > checkpointIndex) {
            world.trace.note(id, "checkpoint", () -> "at " + state.raftIndex());
            world.tally.count(Event.COMPACTIONS);
            checkpointIndex = state.raftIndex();
            orders.checkpoint(state);
            orders.maybeStore();
        }
    }

    // --- State machine

    private void maybeApply() {
        if (!isApplying && !toApply.isEmpty()) {
            isApplying = true;
            runAfter(1 + random.nextInt(applyMaxUnits), this::apply);
        }
    }

    private void apply() {
        boolean confChanged = false;
        for (int i = random.nextInt(8); i >= 0 && !toApply.isEmpty(); i--) {
            confChanged |= apply(toApply.remove());
        }
        if (toApply.isEmpty() || world.shape.asynchronous()) {
            isApplying = false;
        }
        if (state.raftIndex() > node.status().appliedIndex()) {
            node.onApplied(state.raftIndex());
        }
        clients.answerReads();
        if (state.raftIndex() - checkpointIndex >= world.shape.checkpointEntries()
                || confChanged && random.nextBoolean()) {
            checkpoint();
        }
        if (isApplying) {
            runAfter(1 + random.nextInt(applyMaxUnits), this::apply);
        } else {
            maybeApply();
        }
        afterInput();
    }

    /// Whether it was a change of the configuration.
    private boolean apply(Entry entry) {
        ConfState conf = state.confState();
        boolean confChanges = entry.type() == EntryType.CONF_CHANGE;
        if (confChanges) {
            conf = node.applyConfChange(ConfChangeCodec.decode(entry.data()));
            observe();
        }
        StateMachine.Command command = StateMachine.Command.find(entry);
        long before = command == null ? 0 : state.value(command.key());
        state = state.apply(entry, conf);
        if (confChanges && world.laws.appliedIndex() < entry.raftIndex()) {
            world.tally.count(Event.CONF_CHANGES_APPLIED);
            if (!conf.votersOutgoing().isEmpty()) {
                world.tally.count(Event.JOINT_CONFIGURATIONS);
            }
        }
        if (confChanges) {
            world.trace.note(id, "conf", () -> Texts.of(state.confState()) + " at " + entry.raftIndex());
        }
        world.laws.onApplied(state, entry);
        world.trace.mix(state.digest());
        if (command != null) {
            clients.onApplied(command.id(), before);
        }
        return confChanges;
    }

    // --- Clients and operators

    /// Stands for election, whatever the others do.
    void campaign() {
        tryInput(() -> node.campaign());
    }

    /// Proposes a write that nobody waits for. Whether it was taken.
    boolean propose(StateMachine.Command command) {
        return tryInput(() -> node.propose(List.of(command.encode(0))));
    }

    boolean proposeConfChange(ConfChange change) {
        return tryInput(() -> node.proposeConfChange(change));
    }

    boolean transferTo(long nodeId) {
        return tryInput(() -> node.transferLeadership(nodeId));
    }

    private boolean tryInput(Runnable event) {
        if (!isResponsive()) {
            return false;
        }
        boolean[] taken = new boolean[1];
        input(() -> {
            try {
                event.run();
                taken[0] = true;
            } catch (ProposalDroppedException | MisuseException e) {
                world.trace.note(id, "refuses", e::getMessage);
            }
        });
        return taken[0];
    }

    @Override
    public String toString() {
        return id + (isUp()
                ? " " + role + " last " + handedOut.lastIndex() + " commit " + knownCommitIndex + " applied "
                        + state.raftIndex() + " " + Texts.of(state.confState())
                : isRefused ? " refused" : " down");
    }
}
