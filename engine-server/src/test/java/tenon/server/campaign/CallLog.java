package tenon.server.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// All calls of all clients, and the moments between which they lie.
final class CallLog {
    private final AtomicLong lastMoment = new AtomicLong();
    private final AtomicLong lastId = new AtomicLong();
    private final List<Call> calls = new ArrayList<>();

    /// A moment behind all that went before, before all that follows.
    long now() {
        return lastMoment.incrementAndGet();
    }

    Call begin(int client, int member, Request request) {
        long id = lastId.incrementAndGet();
        var call = new Call(id, client, member, request, now());
        synchronized (calls) {
            calls.add(call);
        }
        return call;
    }

    /// To be asked for when all clients have ended.
    List<Call> all() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }
}
