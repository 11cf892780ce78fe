package tenon.mvcc.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tenon.mvcc.HistoryLimit;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.WatchEvent;
import tenon.mvcc.WatchNotice;
import tenon.mvcc.WatchOptions;
import tenon.mvcc.WatchRequest;
import tenon.mvcc.WatchRequest.Wants;
import tenon.mvcc.WatchStream;
import tenon.testkit.Seeds;

/// Random transactions and compactions, beside random watches that begin anywhere and come and go, on sinks of any speed:
/// each watch is told of what a plain list says, in order, without a gap, nothing twice.
@Timeout(60)
class WatchHubPropertyTest {
    private static final int KEY_COUNT = 12;
    private static final int STREAM_COUNT = 4;
    private static final int FUTURE_COUNT = 20;

    /// What happened, as the writer saw it.
    private record Happened(long revision, boolean isDelete, KeyValue keyValue, KeyValue previous) {}

    private final List<Happened> history = new ArrayList<>();
    private final Map<String, KeyValue> present = new HashMap<>();
    private long compacted = -1;

    /// A client: its stream, what it asked for, and a thread that reads at its own pace.
    private static final class Client {
        final RecordingSink sink = new RecordingSink();
        final Map<Long, WatchRequest> requests = new HashMap<>();
        final Set<Long> canceled = ConcurrentHashMap.newKeySet();
        final List<Long> compactedAtStart = new ArrayList<>();
        WatchStream stream;
        Thread reader;
        volatile boolean stopped;
        long nextId = 1;

        void read(long seed) {
            RandomGenerator random = Seeds.from(seed);
            while (!stopped) {
                sink.setRoom(random.nextInt(4));
                stream.onReady();
                for (int i = random.nextInt(2_000); i > 0; i--) {
                    Thread.onSpinWait();
                }
                Thread.yield();
            }
            sink.setRoom(Integer.MAX_VALUE);
            stream.onReady();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTellEachWatchWhatAPlainListSays(boolean roomy) throws Exception {
        RandomGenerator random = Seeds.random(WatchHubPropertyTest.class);
        WatchOptions narrow = new WatchOptions(1_000, 2, new HistoryLimit(4, 2_000), 120, roomy ? 1 << 20 : 700);
        try (WatchedStore watched = new WatchedStore(narrow)) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < STREAM_COUNT; i++) {
                Client client = new Client();
                client.stream = watched.hub.open(client.sink);
                long seed = random.nextLong();
                client.reader = new Thread(() -> client.read(seed));
                clients.add(client);
            }
            clients.forEach(client -> client.reader.start());
            for (int i = 0; i < 1_500; i++) {
                step(watched, clients.get(random.nextInt(STREAM_COUNT)), random);
            }
            // So that all that were asked for from a future revision have begun.
            for (int i = 0; i <= FUTURE_COUNT; i++) {
                write(watched, random);
            }
            for (Client client : clients) {
                client.stopped = true;
                client.reader.join();
                WatchedStore.awaitAll(client.stream, client.sink);
                check(client);
            }
            assertEquals(0, watched.hub.stats().unsyncedCount());
        }
    }

    private void step(WatchedStore watched, Client client, RandomGenerator random) {
        switch (random.nextInt(24)) {
            case 0, 1 -> watch(watched, client, random);
            case 2 -> {
                if (!client.requests.isEmpty() && random.nextInt(3) == 0) {
                    long id = 1 + random.nextLong(client.nextId - 1);
                    client.canceled.add(id);
                    client.stream.cancel(id);
                }
            }
            case 3 -> client.stream.requestProgress();
            case 4 -> watched.clock.advanceNs(random.nextInt(2_000));
            case 5 -> compact(watched, random);
            case 6 -> {
                for (int i = random.nextInt(100); i > 0; i--) {
                    Thread.yield();
                }
            }
            default -> write(watched, random);
        }
    }

    private void watch(WatchedStore watched, Client client, RandomGenerator random) {
        long revision = watched.store.currentRevision();
        long start = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> revision + 1 + random.nextInt(FUTURE_COUNT);
            default -> 1 + random.nextLong(revision);
        };
        Wants wants = new Wants(
                random.nextInt(6) > 0, random.nextInt(6) > 0, random.nextBoolean(), random.nextBoolean(), false);
        WatchRequest request = new WatchRequest(client.nextId, range(random), start, wants);
        client.requests.put(client.nextId++, request);
        client.stream.watch(request);
    }

    private static KeyRange range(RandomGenerator random) {
        String key = key(random);
        return switch (random.nextInt(3)) {
            case 0 -> WatchedStore.key(key);
            case 1 -> new KeyRange(WatchedStore.bytes(key), new byte[1]);
            default -> WatchedStore.range(key, "k~");
        };
    }

    private static String key(RandomGenerator random) {
        return "k" + (char) ('a' + random.nextInt(KEY_COUNT));
    }

    private void write(WatchedStore watched, RandomGenerator random) {
        long revision = watched.store.currentRevision() + 1;
        watched.write(txn -> {
            for (int i = 1 + random.nextInt(random.nextInt(6) == 0 ? 8 : 2); i > 0; i--) {
                String key = key(random);
                if (txn.changes().stream().anyMatch(change -> key.equals(WatchedStore.text(change.keyValue().key())))) {
                    continue;
                }
                if (random.nextInt(3) == 0 && present.containsKey(key)) {
                    txn.deleteRange(WatchedStore.key(key));
                } else {
                    txn.put(WatchedStore.bytes(key), new byte[random.nextInt(60)], 0);
                }
            }
            txn.changes().forEach(change -> {
                String key = WatchedStore.text(change.keyValue().key());
                KeyValue previous = change.isDelete()
                        ? present.remove(key)
                        : present.put(key, change.keyValue());
                history.add(new Happened(revision, change.isDelete(), change.keyValue(), previous));
            });
        });
    }

    private void compact(WatchedStore watched, RandomGenerator random) {
        long from = Math.max(1, compacted + 1);
        long to = watched.store.currentRevision();
        if (from <= to && random.nextInt(3) == 0) {
            compacted = to - Math.min(to - from, random.nextInt(60));
            watched.compact(compacted).join();
        }
    }

    private void check(Client client) {
        List<WatchNotice> told = client.sink.told();
        Map<Long, List<Happened>> expected = new HashMap<>();
        Map<Long, Integer> counts = new HashMap<>();
        Map<Long, Long> lastRevisions = new HashMap<>();
        for (WatchNotice notice : told) {
            switch (notice) {
                case WatchNotice.Created created -> {
                    expected.put(created.watchId(), wanted(client.requests.get(created.watchId()), created.revision()));
                    counts.put(created.watchId(), 0);
                }
                case WatchNotice.Events some -> {
                    assertTrue(lastRevisions.getOrDefault(some.watchId(), 0L)
                            < some.events().getFirst().keyValue().modRevision(), "a transaction in two notices");
                    int count = counts.get(some.watchId());
                    checkEvents(client.requests.get(some.watchId()), some, expected.get(some.watchId()), count);
                    counts.put(some.watchId(), count + some.events().size());
                    lastRevisions.put(some.watchId(), some.events().getLast().keyValue().modRevision());
                }
                case WatchNotice.Progress progress -> {
                    boolean isOfAll = progress.watchId() == WatchNotice.Progress.ALL;
                    for (long id : isOfAll ? Set.copyOf(expected.keySet()) : Set.of(progress.watchId())) {
                        checkToldThrough(progress.revision(), expected.get(id), counts.get(id));
                        assertTrue(progress.revision() >= client.requests.get(id).startRevision());
                    }
                }
                case WatchNotice.Canceled canceled -> {
                    assertTrue(client.canceled.contains(canceled.watchId()));
                    expected.remove(canceled.watchId());
                }
                case WatchNotice.Compacted end -> {
                    List<Happened> all = expected.remove(end.watchId());
                    int count = counts.get(end.watchId());
                    long next = count < all.size() ? all.get(count).revision : Long.MAX_VALUE;
                    long start = client.requests.get(end.watchId()).startRevision();
                    assertTrue(end.revision() <= compacted && start < end.revision(), "ended without need");
                    assertTrue(next > lastRevisions.getOrDefault(end.watchId(), 0L));
                }
                case WatchNotice.Refused refused -> throw new AssertionError("refused: " + refused);
            }
        }
        expected.forEach((id, all) -> assertEquals(all.size(), counts.get(id), "all told to watch " + id));
        assertFalse(client.sink.isEnded());
    }

    private List<Happened> wanted(WatchRequest request, long createdAt) {
        long start = request.startRevision() == 0 ? createdAt + 1 : request.startRevision();
        return history.stream()
                .filter(happened -> happened.revision >= start
                        && request.accepts(happened.isDelete)
                        && request.range().contains(happened.keyValue.key()))
                .toList();
    }

    private void checkEvents(WatchRequest request, WatchNotice.Events some, List<Happened> expected, int toldBefore) {
        int index = toldBefore;
        for (WatchEvent event : some.events()) {
            Happened happened = expected.get(index++);
            assertEquals(happened.keyValue, event.keyValue());
            assertEquals(happened.isDelete, event.isDelete());
            assertTrue(some.revision() >= happened.revision);
            if (event.previous() != null) {
                assertTrue(request.wants().previous());
                assertEquals(happened.previous, event.previous());
            } else if (request.wants().previous()) {
                assertTrue(happened.previous == null || happened.revision - 1 < compacted, "no previous of " + event);
            }
        }
        boolean isWhole = index == expected.size()
                || expected.get(index).revision != some.events().getLast().keyValue().modRevision();
        assertTrue(isWhole, "a part of a transaction");
    }

    private static void checkToldThrough(long revision, List<Happened> expected, int toldCount) {
        assertTrue(
                toldCount == expected.size() || expected.get(toldCount).revision > revision,
                "progress before the events up to it");
    }
}
