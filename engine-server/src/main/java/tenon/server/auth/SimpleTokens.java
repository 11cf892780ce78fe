package tenon.server.auth;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import tenon.api.Clock;

/// The tokens that were given out: `<random letters>.<index of the entry that assigned it>`. They live in memory only,
/// and for so long after their last use; who loses one asks for another. Safe for use by any thread.
public final class SimpleTokens implements AutoCloseable {
    private static final long SWEEP_PERIOD_NS = 1_000_000_000L;
    private static final int INDEX_RADIX = 10;

    private final Clock clock;
    private final long ttlNs;
    private final ConcurrentMap<String, Session> sessions = new ConcurrentHashMap<>();
    private final Clock.Timer sweeper;

    private static final class Session {
        private final String user;
        private volatile long lastUsedNs;

        Session(String user, long lastUsedNs) {
            this.user = user;
            this.lastUsedNs = lastUsedNs;
        }
    }

    /// @param ttlNs how long a token that is not used is good for
    public SimpleTokens(Clock clock, long ttlNs) {
        this.clock = clock;
        this.ttlNs = ttlNs;
        this.sweeper = clock.every(SWEEP_PERIOD_NS, this::sweep);
    }

    /// The index in a token, or -1 if it is in no form that a token has.
    static long findRaftIndex(String token) {
        int dot = token.indexOf('.');
        if (dot < 0) {
            return -1;
        }
        try {
            String index = token.substring(dot + 1);
            return index.startsWith("-") || index.startsWith("+") ? -1 : Long.parseLong(index, INDEX_RADIX);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /// @return the token
    String assign(String prefix, long raftIndex, String user) {
        String token = prefix + '.' + raftIndex;
        sessions.put(token, new Session(user, clock.monotonicNs()));
        return token;
    }

    /// Whose token it is, null if it is nobody's. It is good for a whole time to live again.
    String findUser(String token) {
        Session session = sessions.get(token);
        long nowNs = clock.monotonicNs();
        if (session == null || isExpired(session, nowNs)) {
            return null;
        }
        session.lastUsedNs = nowNs;
        return session.user;
    }

    void revokeAllOf(String user) {
        sessions.values().removeIf(session -> session.user.equals(user));
    }

    void revokeAll() {
        sessions.clear();
    }

    public int count() {
        return sessions.size();
    }

    @Override
    public void close() {
        sweeper.cancel();
    }

    private void sweep() {
        long nowNs = clock.monotonicNs();
        sessions.values().removeIf(session -> isExpired(session, nowNs));
    }

    private boolean isExpired(Session session, long nowNs) {
        return nowNs - session.lastUsedNs > ttlNs;
    }
}
