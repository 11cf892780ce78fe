package tenon.mvcc.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.mvcc.watch.WatchedStore.from;
import static tenon.mvcc.watch.WatchedStore.key;
import static tenon.mvcc.watch.WatchedStore.notices;
import static tenon.mvcc.watch.WatchedStore.texts;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.mvcc.KeyRange;
import tenon.mvcc.WatchNotice;
import tenon.mvcc.WatchRequest;
import tenon.mvcc.WatchRequest.Wants;
import tenon.mvcc.WatchStream;

/// Sinks without room, and changes that the tail has no room for.
@Timeout(60)
class SlowSinkTest {
    private final WatchedStore watched = new WatchedStore(WatchedStore.narrow());
    private final RecordingSink sink = new RecordingSink();
    private final WatchStream stream = watched.hub.open(sink);
    private final RecordingSink quickSink = new RecordingSink();
    private final WatchStream quick = watched.hub.open(quickSink);

    @AfterEach
    void close() {
        watched.close();
    }

    private static List<String> puts(int fromRevision, int toRevision) {
        return IntStream.rangeClosed(fromRevision, toRevision)
                .mapToObj(revision -> "k=v" + revision + "@" + revision)
                .toList();
    }

    private void putThrough(int revision) {
        while (watched.store.currentRevision() < revision) {
            watched.put("k", "v" + (watched.store.currentRevision() + 1));
        }
    }

    @Test
    void shouldFallBehindWithoutRoomAndCatchUpWithIt() {
        stream.watch(from(0, key("k")));
        quick.watch(from(0, key("k")));
        sink.setRoom(2);
        putThrough(40);
        quickSink.awaitEvents(0, 39);
        WatchedStore.awaitAll(quick, quickSink);
        int toldCount = RecordingSink.events(0, sink.told()).size();
        assertTrue(toldCount < 39, "told in spite of its room: " + toldCount);
        assertEquals(1, watched.hub.stats().unsyncedCount());

        sink.setRoom(Integer.MAX_VALUE);
        stream.onReady();
        assertEquals(puts(2, 40), texts(sink.awaitEvents(0, 39)));
        WatchedStore.awaitAll(stream, sink);
        assertEquals(0, watched.hub.stats().unsyncedCount());
        putThrough(45);
        assertEquals(puts(2, 45), texts(sink.awaitEvents(0, 44)));
    }

    @Test
    void shouldTellNoMoreThanThereIsRoomFor() {
        putThrough(60);
        sink.setRoom(3);
        stream.watch(from(2, key("k")));
        for (int i = 0; i < 100 && RecordingSink.events(0, sink.told()).size() < 59; i++) {
            int before = sink.told().size();
            sink.takeAll(stream);
            sink.await(all -> all.size() > before);
            assertTrue(sink.told().size() <= before + 3);
        }
        assertEquals(puts(2, 60), texts(RecordingSink.events(0, sink.told())));
    }

    /// The tail holds 1,000 bytes; none of this is in it.
    @Test
    void shouldReadFromTheHistoryWhatTheTailHasNoRoomFor() {
        quick.watch(from(0, KeyRange.all()));
        String large = "x".repeat(2_000);
        for (int i = 0; i < 30; i++) {
            watched.put("k" + i, large);
        }
        List<String> told = texts(quickSink.awaitEvents(0, 30));
        for (int i = 0; i < 30; i++) {
            assertEquals("k" + i + "=" + large + "@" + (i + 2), told.get(i));
        }
    }

    @Test
    void shouldEndAWatchThatFellBehindACompaction() {
        stream.watch(from(0, key("k")));
        sink.setRoom(0);
        putThrough(10);
        quick.watch(from(2, key("k")));
        WatchedStore.awaitAll(quick, quickSink);
        watched.compact(8).join();
        sink.setRoom(Integer.MAX_VALUE);
        stream.onReady();
        assertEquals(List.of("created 0 at 1", "compacted 0 at 8"), notices(sink.await(2)));
    }

    /// It stands at what happened at its own key, not at what others did.
    @Test
    void shouldNotEndAWatchThatFellBehindAfterACompaction() {
        stream.watch(from(0, key("k")));
        for (int i = 0; i < 10; i++) {
            watched.put("other", "v");
        }
        WatchedStore.awaitAll(stream, sink);
        watched.compact(11).join();
        sink.setRoom(0);
        watched.put("k", "v12");
        WatchedStore.awaitAll(quick, quickSink);
        sink.setRoom(10);
        stream.onReady();
        assertEquals(List.of("k=v12@12"), texts(sink.awaitEvents(0, 1)));
    }

    @Test
    void shouldKeepTransactionsTogetherHoweverLargeTheyAre() {
        stream.watch(from(0, KeyRange.all()));
        sink.setRoom(0);
        for (int round = 0; round < 4; round++) {
            String value = "v" + round;
            watched.write(txn -> {
                for (int i = 0; i < 20; i++) {
                    txn.put(WatchedStore.bytes("k" + i), WatchedStore.bytes(value), 0);
                }
            });
        }
        sink.setRoom(Integer.MAX_VALUE);
        stream.onReady();
        sink.awaitEvents(0, 80);
        for (WatchNotice notice : sink.told()) {
            if (notice instanceof WatchNotice.Events some) {
                assertEquals(0, some.events().size() % 20);
            }
        }
    }

    @Test
    void shouldSplitNoticesBetweenTransactionsBySize() {
        String large = "x".repeat(150);
        for (int i = 0; i < 6; i++) {
            watched.put("k", large);
        }
        stream.watch(new WatchRequest(0, key("k"), 2, Wants.PREVIOUS));
        sink.awaitEvents(0, 6);
        for (WatchNotice notice : sink.told()) {
            if (notice instanceof WatchNotice.Events some) {
                assertTrue(some.events().size() <= 2, "with what was before, two are above 200 bytes");
            }
        }
    }

    @Test
    void shouldServeManyThatAreBehindTogether() {
        putThrough(30);
        for (int i = 0; i < 700; i++) {
            quick.watch(from(2 + i % 29, key("k")));
        }
        for (int i = 0; i < 700; i++) {
            int first = 2 + i % 29;
            assertEquals(puts(first, 30), texts(quickSink.awaitEvents(i, 31 - first)));
        }
        WatchedStore.awaitAll(quick, quickSink);
        assertEquals(0, watched.hub.stats().unsyncedCount());
    }

    @Test
    void shouldForgetWatchesThatAreBehindWhenTheirStreamIsClosed() {
        putThrough(10);
        sink.setRoom(0);
        for (int i = 0; i < 5; i++) {
            stream.watch(from(2, key("k")));
        }
        stream.cancel(3);
        stream.close();
        stream.onReady();
        WatchedStore.awaitAll(quick, quickSink);
        assertEquals(0, watched.hub.stats().watcherCount());
        assertEquals(0, watched.hub.stats().unsyncedCount());
    }

    /// The memory for one of them may be used up: the others are still told.
    @Test
    void shouldTellTheOthersWhenOneCannotBeTold() {
        stream.watch(from(0, key("k")));
        quick.watch(from(0, key("k")));
        sink.breakBy(new OutOfMemoryError("for the network"));
        putThrough(10);
        assertEquals(puts(2, 10), texts(quickSink.awaitEvents(0, 9)));
        awaitEnd();
    }

    private void awaitEnd() {
        while (!sink.isEnded()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldCatchUpWithTheOthersWhenOneCannotBeTold() {
        sink.setRoom(1);
        quickSink.setRoom(1);
        stream.watch(from(0, key("k")));
        quick.watch(from(0, key("k")));
        putThrough(60);
        sink.breakBy(new OutOfMemoryError("for the network"));
        sink.setRoom(Integer.MAX_VALUE);
        quickSink.setRoom(Integer.MAX_VALUE);
        stream.onReady();
        quick.onReady();
        assertEquals(puts(2, 60), texts(quickSink.awaitEvents(0, 59)));
        awaitEnd();
    }
}
