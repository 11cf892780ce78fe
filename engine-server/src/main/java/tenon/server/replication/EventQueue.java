package tenon.server.replication;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// A FIFO queue whose events are carried out in *turns*, one at a time: all that wait make a turn. Who brings an event
/// while nobody is at it takes the turn itself, which saves handing it to a thread that must be woken. The queue's own
/// thread takes the turns that nobody else does. What one turn leaves in memory, the next one sees.
public final class EventQueue<E> {
    /// What a turn says of the time after it.
    public enum After {
        /// Nothing is under way: there is no reason to wait for company.
        IDLE,
        /// Something is under way. Events that may wait for company are left to the queue's thread, and gather while it
        /// wakes up.
        GATHER,
        /// Something is under way, and an event that does not wait is sure to come of it. What may wait for that, does.
        AWAIT,
        /// There are no more turns.
        END
    }

    private static final Set<After> GATHERING = EnumSet.of(After.GATHER);
    private static final Set<After> AWAITING = EnumSet.of(After.GATHER, After.AWAIT);
    private static final Set<After> NEVER = EnumSet.noneOf(After.class);

    private final Function<List<E>, After> turn;

    // Guarded by this. Invariant: one thread has the turn if hasTurn, and it alone uses what it took; with the end, or
    // a failure, nobody gets it any more. Events that wait while nobody has it are waited for by the queue's thread,
    // which is woken; or after is AWAIT; or they came without hurry.
    private List<E> filling = new ArrayList<>();
    private List<E> spare;
    private boolean hasTurn = true;
    private boolean woken;
    private boolean closed;
    private boolean ended;
    private After after = After.IDLE;
    private Throwable failure;

    /// @param turn carries out the events, in order. If it throws, [#run] does.
    public EventQueue(Function<List<E>, After> turn) {
        this.turn = turn;
    }

    /// Adds an event that is carried out as soon as may be.
    ///
    /// @return false if the queue is closed and the event was not taken
    boolean offer(E event) {
        return offer(event, NEVER);
    }

    /// Adds an event for which it is as well to be carried out together with others, if that is soon.
    ///
    /// @return false if the queue is closed and the event was not taken
    boolean offerToGather(E event) {
        return offer(event, GATHERING);
    }

    /// Adds an event that is of no use before what is under way is done.
    ///
    /// @return false if the queue is closed and the event was not taken
    boolean offerToAwait(E event) {
        return offer(event, AWAITING);
    }

    /// Adds an event that the bringer has no time for.
    ///
    /// @return false if the queue is closed and the event was not taken
    public synchronized boolean offerToThread(E event) {
        if (closed) {
            return false;
        }
        filling.add(event);
        wake();
        return true;
    }

    /// Adds an event that may wait until another one is carried out, or until [#hurry].
    public synchronized boolean offerWithoutHurry(E event) {
        return !closed && filling.add(event);
    }

    /// Carries out what came without hurry, unless the queue's thread is about to, or else leaves it to that one.
    public void hurry() {
        List<E> events;
        synchronized (this) {
            if (filling.isEmpty()) {
                return;
            }
            if (hasTurn || woken || closed) {
                wake();
                return;
            }
            events = take();
        }
        carryOut(events);
    }

    private boolean offer(E event, Set<After> waits) {
        List<E> events;
        synchronized (this) {
            if (closed) {
                return false;
            }
            filling.add(event);
            if (hasTurn) {
                wake();
                return true;
            }
            if (waits.contains(after)) {
                if (after == After.GATHER) {
                    wake();
                }
                return true;
            }
            events = take();
        }
        carryOut(events);
        return true;
    }

    /// Takes the turns that nobody else does, from now to the end: until the queue is closed and empty, or until a turn
    /// says so. Before it is called nothing is carried out.
    ///
    /// @param first done before any event
    public void run(Runnable first) throws InterruptedException {
        first.run();
        release(new ArrayList<>(), After.IDLE);
        for (List<E> events = await(); events != null; events = await()) {
            carryOut(events);
        }
    }

    private synchronized List<E> await() throws InterruptedException {
        while (!ended && failure == null && (hasTurn || !woken && !closed)) {
            wait();
        }
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
        return ended || closed && filling.isEmpty() ? null : take();
    }

    private void carryOut(List<E> events) {
        After next;
        try {
            next = turn.apply(events);
        } catch (RuntimeException | Error e) {
            fail(e);
            return;
        }
        release(events, next);
    }

    /// Takes what there is, when nobody has the turn any more.
    synchronized List<E> takeRest() {
        return take();
    }

    /// Takes no more events; what is in it is still carried out.
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    private List<E> take() {
        assert Thread.holdsLock(this);
        List<E> taken = filling;
        filling = spare;
        spare = null;
        hasTurn = true;
        woken = false;
        return taken;
    }

    private synchronized void release(List<E> done, After next) {
        done.clear();
        spare = done;
        after = next;
        hasTurn = next == After.END;
        ended = hasTurn;
        if (woken || closed || ended) {
            notifyAll();
        }
    }

    private synchronized void fail(Throwable cause) {
        failure = cause;
        notifyAll();
    }

    private void wake() {
        if (!woken) {
            woken = true;
            if (!hasTurn) {
                notifyAll();
            }
        }
    }
}
