package tenon.mvcc.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.mvcc.watch.WatchedStore.from;
import static tenon.mvcc.watch.WatchedStore.key;
import static tenon.mvcc.watch.WatchedStore.notices;
import static tenon.mvcc.watch.WatchedStore.range;
import static tenon.mvcc.watch.WatchedStore.texts;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.mvcc.KeyRange;
import tenon.mvcc.WatchEvent;
import tenon.mvcc.WatchHub;
import tenon.mvcc.WatchNotice;
import tenon.mvcc.WatchRequest;
import tenon.mvcc.WatchRequest.Wants;
import tenon.mvcc.WatchStream;

/// What went wrong with watches in etcd, by the numbers of its threads, and must not here.
@Timeout(120)
class PeerBugsTest {
    private final WatchedStore watched = new WatchedStore(WatchedStore.narrow());
    private final RecordingSink sink = new RecordingSink();
    private final WatchStream stream = watched.hub.open(sink);

    @AfterEach
    void close() {
        watched.close();
    }

    private void put(String key, int count) {
        for (int i = 0; i < count; i++) {
            watched.put(key, "v" + (watched.store.currentRevision() + 1));
        }
    }

    /// A member whose store is replaced ends its streams; who comes back is told nothing that is older than what he asks
    /// for, by a member that may lag behind that.
    @Test
    void shouldNotGoBackInTimeWhenTheHubIsReplacedEtcd15271() {
        put("k", 10);
        stream.watch(from(9, KeyRange.all()));
        sink.awaitEvents(0, 3);
        watched.hub.close();
        sink.awaitEnd();

        try (WatchedStore lagging = new WatchedStore(WatchedStore.narrow());
                WatchHub hub = lagging.hub) {
            RecordingSink again = new RecordingSink();
            WatchStream resumed = hub.open(again);
            resumed.watch(from(12, KeyRange.all()));
            while (lagging.store.currentRevision() < 13) {
                lagging.put("k", "again");
            }
            assertEquals(List.of("k=again@12", "k=again@13"), texts(again.awaitEvents(0, 2)));
            assertEquals(0, again.told().stream()
                    .filter(notice -> !(notice instanceof WatchNotice.Created) && notice.revision() < 12)
                    .count());
        }
    }

    @Test
    void shouldTellNoEventTwiceWhenItFallsBehindAndCatchesUpEtcd17247() {
        stream.watch(from(0, KeyRange.all()));
        for (int round = 0; round < 200; round++) {
            sink.setRoom(round % 3);
            put("k" + round % 7, 3);
            stream.onReady();
        }
        sink.setRoom(Integer.MAX_VALUE);
        stream.onReady();
        List<WatchEvent> events = sink.awaitEvents(0, 600);
        WatchedStore.awaitAll(stream, sink);
        assertEquals(600, events.size());
        assertEquals(600, new HashSet<>(texts(events)).size());
        assertEquals(600, RecordingSink.events(0, sink.told()).size());
    }

    /// Hundreds of watches with previous values on one slow stream, while many more are told at the same time.
    @Test
    void shouldLoseNothingWhenManyShareASlowStreamEtcd17529() {
        int watchCount = 300;
        for (int i = 0; i < watchCount; i++) {
            stream.watch(new WatchRequest(0, range("k", "l"), 0, Wants.PREVIOUS));
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            sink.setRoom(i % 50);
            long revision = watched.put("k", "v" + i);
            expected.add("k=v" + i + "@" + revision + (i == 0 ? "" : " (was v" + (i - 1) + "@" + (revision - 1) + ")"));
            stream.onReady();
        }
        sink.setRoom(Integer.MAX_VALUE);
        stream.onReady();
        WatchedStore.awaitAll(stream, sink);
        List<WatchNotice> told = sink.told();
        for (int i = 0; i < watchCount; i++) {
            assertEquals(expected, texts(RecordingSink.events(i, told)));
        }
    }

    /// While one watch of the stream is behind, no progress of all is told, though it is asked for.
    @Test
    void shouldTellProgressOnlyAfterTheEventsUpToItEtcd15220() {
        put("slow", 200);
        for (int i = 0; i < 20; i++) {
            stream.watch(from(2, key("slow")));
            stream.watch(from(0, key("k")));
            put("k", 2);
            stream.requestProgress();
        }
        WatchedStore.awaitAll(stream, sink);
        int[] told = new int[40];
        int[] first = new int[40];
        for (WatchNotice notice : sink.told()) {
            if (notice instanceof WatchNotice.Created created) {
                first[(int) created.watchId()] = (int) created.revision() + 1;
            } else if (notice instanceof WatchNotice.Events some) {
                told[(int) some.watchId()] += some.events().size();
            } else if (notice instanceof WatchNotice.Progress progress) {
                for (int id = 0; id < 40 && first[id] > 0; id++) {
                    boolean isSlow = id % 2 == 0;
                    assertTrue(told[id] >= (isSlow ? 200 : progress.revision() - first[id] + 1), notice + " too early");
                }
            }
        }
    }

    @Test
    void shouldTellNothingThatIsOlderThanAFutureRevisionEtcd20221() {
        stream.watch(new WatchRequest(0, key("k"), 50, new Wants(true, true, false, true, false)));
        stream.requestProgress();
        put("k", 20);
        watched.clock.advanceNs(WatchedStore.INTERVAL_NS);
        RecordingSink other = new RecordingSink();
        WatchStream others = watched.hub.open(other);
        WatchedStore.awaitAll(others, other);
        assertEquals(List.of("created 0 at 1"), notices(sink.told()), "neither events nor progress");

        put("k", 30);
        sink.awaitEvents(0, 2);
        assertEquals(List.of("k=v50@50", "k=v51@51"), texts(RecordingSink.events(0, sink.told())));
        sink.await(all -> all.stream().anyMatch(WatchNotice.Progress.class::isInstance));
        sink.told().stream()
                .filter(WatchNotice.Progress.class::isInstance)
                .forEach(notice -> assertTrue(notice.revision() >= 50));
    }

    /// It is refused, and those that catch up beside it lose nothing.
    @Test
    void shouldRefuseRevisionMinusOneEtcd20707() {
        put("k", 50);
        sink.setRoom(0);
        stream.watch(from(2, key("k")));
        stream.watch(from(-1, key("k")));
        stream.watch(from(Long.MIN_VALUE, key("k")));
        sink.setRoom(Integer.MAX_VALUE);
        stream.onReady();
        assertEquals(50, sink.awaitEvents(0, 50).size());
        assertEquals(
                List.of("created 0 at 51", "refused NEGATIVE_REVISION", "refused NEGATIVE_REVISION"),
                notices(sink.told().subList(0, 3)));
    }

    /// The deletion at the very revision of the compaction is still part of the history from there.
    @Test
    void shouldTellOfADeletionAtTheCompactedRevisionEtcd18089Etcd19179() {
        watched.put("k", "1");
        long deleted = watched.store.currentRevision() + 1;
        watched.delete("k");
        watched.put("other", "2");
        watched.compact(deleted).join();
        stream.watch(from(deleted, KeyRange.all()));
        assertEquals(List.of("k-@3", "other=2@4"), texts(sink.awaitEvents(0, 2)));
        watched.store.backend().commit();
        stream.watch(from(deleted, key("k")));
        assertEquals(List.of("k-@3"), texts(sink.awaitEvents(1, 1)));
    }

    /// A scan that is 2,000 revisions long holds up nobody: it is read in windows, and the writer goes on meanwhile.
    @Test
    void shouldReadALongHistoryInWindowsEtcd22264() {
        put("k", 2_000);
        sink.setRoom(1);
        stream.watch(from(2, key("k")));
        for (int i = 0; i < 2_000 && RecordingSink.events(0, sink.told()).size() < 2_000; i++) {
            int before = sink.told().size();
            sink.takeAll(stream);
            sink.await(all -> all.size() > before);
            put("other", 1);
        }
        assertEquals(2_000, RecordingSink.events(0, sink.told()).size());
    }
}
