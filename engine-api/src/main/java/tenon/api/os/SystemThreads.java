package tenon.api.os;

import tenon.api.Threads;

/// Platform threads, as daemons.
public final class SystemThreads implements Threads {
    @Override
    public Thread start(String name, Runnable body) {
        return Thread.ofPlatform().name(name).daemon().start(body);
    }
}
