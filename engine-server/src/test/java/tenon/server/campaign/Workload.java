package tenon.server.campaign;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// What one client does all the time. The seed decides each next operation; what it knows of the keys, from answers,
/// goes into it.
final class Workload implements Runnable {
    private static final int KEYS_PER_ERA = 6;

    /// Keys are left behind after a time, so that the history of each stays short.
    private static final long ERA_MS = 4000;

    private static final long REFUSED_PAUSE_MS = 40;
    private static final int PAUSE_MS_MAX = 24;

    /// How far back reads at a revision go.
    private static final int REVISIONS_BACK_MAX = 300;

    private final RandomGenerator random;
    private final Client client;
    private final int memberCount;
    private final Journal journal;

    /// What it last saw of each key of this era.
    private final Map<String, Version> known = new HashMap<>();

    private long era;
    private long lastRevision = 1;
    private volatile boolean isOver;

    Workload(long seed, int number, Client client, int memberCount, Journal journal) {
        this.random = new SplittableRandom(seed * 31 + number);
        this.client = client;
        this.memberCount = memberCount;
        this.journal = journal;
    }

    void end() {
        isOver = true;
    }

    @Override
    public void run() {
        while (!isOver) {
            long now = journal.elapsedMs() / ERA_MS;
            if (now != era) {
                known.clear();
                era = now;
            }
            Request request = choose();
            Call call = client.call(1 + random.nextInt(memberCount), request);
            learn(call);
            pause(random.nextInt(PAUSE_MS_MAX) + (call.outcome() == Call.Outcome.REFUSED ? REFUSED_PAUSE_MS : 0));
        }
    }

    private static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String prefix() {
        return "era " + era + "/";
    }

    private String key(int number) {
        return prefix() + number;
    }

    /// Each choice takes as many random numbers as any other.
    private Request choose() {
        int dice = random.nextInt(100);
        int number = random.nextInt(KEYS_PER_ERA);
        int further = 1 + random.nextInt(KEYS_PER_ERA - 1);
        int back = random.nextInt(REVISIONS_BACK_MAX);
        String key = key(number);
        if (dice < 24) {
            return new Request.Put(key);
        } else if (dice < 30) {
            return new Request.PutBoth(key, key((number + further) % KEYS_PER_ERA));
        } else if (dice < 38) {
            return new Request.Delete(key);
        } else if (dice < 60) {
            Version last = known.get(key);
            return last == null ? new Request.Swap(key, 0, 0) : new Request.Swap(key, last.modRevision(), last.write());
        } else if (dice < 76) {
            return new Request.Read(key, false, true, 0);
        } else if (dice < 82) {
            return new Request.Read(prefix(), true, true, 0);
        } else if (dice < 90) {
            return new Request.Read(key, false, false, 0);
        } else if (dice < 95) {
            return new Request.Read(prefix(), true, false, 0);
        }
        return new Request.Read(prefix(), true, dice < 97, Math.max(1, lastRevision - back));
    }

    private void learn(Call call) {
        if (!call.isDone()) {
            return;
        }
        Answer answer = call.answer();
        lastRevision = Math.max(lastRevision, answer.revision());
        switch (call.request) {
            case Request.Read read -> {
                if (read.isLinearizable() && read.revision() == 0) {
                    IntStream.range(0, KEYS_PER_ERA).mapToObj(this::key).filter(read::covers).forEach(known::remove);
                    remember(answer.found());
                }
            }
            case Request.Delete delete -> known.remove(delete.key());
            case Request.Swap swap when !answer.hasWritten() -> {
                known.remove(swap.key());
                remember(answer.found());
            }
            default -> call.request
                    .written()
                    .forEach(key -> known.put(key, new Version(key, call.id, 0, answer.revision(), 1)));
        }
    }

    private void remember(List<Version> found) {
        found.forEach(version -> known.put(version.key(), version));
    }
}
