package tenon.server.replication;

import java.util.ArrayList;
import java.util.List;

/// A FIFO queue from many threads to one, which takes all there is at once. The taker sleeps while there is nothing.
public final class Inbox<E> {
    // Guarded by this. Invariant: the taker sleeps only if !woken.
    private List<E> filling = new ArrayList<>();
    private boolean woken;
    private boolean closed;

    /// Adds an element and wakes the taker.
    ///
    /// @return false if the inbox is closed and the element was not taken
    public synchronized boolean offer(E element) {
        if (closed) {
            return false;
        }
        filling.add(element);
        wake();
        return true;
    }

    /// Adds an element that may wait until something else wakes the taker.
    public synchronized boolean offerWithoutHurry(E element) {
        return !closed && filling.add(element);
    }

    /// Wakes the taker if there is something to take.
    public synchronized void hurry() {
        if (!filling.isEmpty()) {
            wake();
        }
    }

    /// Whether the taker was woken since it took something.
    public synchronized boolean isTakerCalled() {
        return woken;
    }

    /// Waits until it is woken, then takes everything.
    ///
    /// @param spare an empty list to fill next, given back by the taker so that no garbage arises
    /// @return null if the inbox is closed and empty
    public synchronized List<E> take(List<E> spare) throws InterruptedException {
        while (!woken && !closed) {
            wait();
        }
        if (closed && filling.isEmpty()) {
            return null;
        }
        List<E> taken = filling;
        filling = spare;
        woken = false;
        return taken;
    }

    /// Takes no more; what is in it can still be taken.
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    private void wake() {
        if (!woken) {
            woken = true;
            notifyAll();
        }
    }
}
