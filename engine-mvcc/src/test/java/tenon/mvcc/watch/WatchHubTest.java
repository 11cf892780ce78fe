package tenon.mvcc.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static tenon.mvcc.watch.WatchedStore.bytes;
import static tenon.mvcc.watch.WatchedStore.from;
import static tenon.mvcc.watch.WatchedStore.key;
import static tenon.mvcc.watch.WatchedStore.notices;
import static tenon.mvcc.watch.WatchedStore.range;
import static tenon.mvcc.watch.WatchedStore.texts;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.MisuseException;
import tenon.mvcc.KeyRange;
import tenon.mvcc.WatchNotice;
import tenon.mvcc.WatchRequest;
import tenon.mvcc.WatchRequest.Wants;
import tenon.mvcc.WatchStats;
import tenon.mvcc.WatchStream;

@Timeout(60)
class WatchHubTest {
    private final WatchedStore watched = new WatchedStore();
    private final RecordingSink sink = new RecordingSink();
    private final WatchStream stream = watched.hub.open(sink);

    @AfterEach
    void close() {
        watched.close();
    }

    private static WatchRequest wanting(Wants wants) {
        return new WatchRequest(0, key("k"), 0, wants);
    }

    @Test
    void shouldTellOfWhatHappensInTheRange() {
        watched.put("k", "before");
        stream.watch(from(0, key("k")));
        stream.watch(from(0, range("k", "l")));
        watched.put("j", "no");
        watched.put("k", "1");
        watched.put("k2", "2");
        watched.delete("k");
        WatchedStore.awaitAll(stream, sink);
        assertEquals(List.of("k=1@4", "k-@6"), texts(sink.awaitEvents(0, 2)));
        assertEquals(List.of("k=1@4", "k2=2@5", "k-@6"), texts(sink.awaitEvents(1, 3)));
        assertEquals(List.of("created 0 at 2", "created 1 at 2"), notices(sink.told().subList(0, 2)));
    }

    @Test
    void shouldTellOfTheWholeKeySpaceAndOfAllKeysFromOneOn() {
        stream.watch(from(0, KeyRange.all()));
        stream.watch(from(0, new KeyRange(bytes("m"), new byte[1])));
        watched.put("a", "1");
        watched.put("z", "2");
        assertEquals(List.of("a=1@2", "z=2@3"), texts(sink.awaitEvents(0, 2)));
        assertEquals(List.of("z=2@3"), texts(sink.awaitEvents(1, 1)));
    }

    @Test
    void shouldTellOfThePastFromTheStartRevisionOn() {
        for (int i = 2; i <= 6; i++) {
            watched.put("k", "v" + i);
        }
        stream.watch(from(4, key("k")));
        assertEquals(List.of("k=v4@4", "k=v5@5", "k=v6@6"), texts(sink.awaitEvents(0, 3)));
        assertEquals(6, sink.told().getLast().revision(), "that of the store");
        watched.put("k", "v7");
        assertEquals("k=v7@7", texts(sink.awaitEvents(0, 4)).getLast());
    }

    @Test
    void shouldTellAllOfATransactionAtOnceAndInOrder() {
        stream.watch(from(0, range("a", "z")));
        watched.write(txn -> {
            txn.put(bytes("c"), bytes("1"), 0);
            txn.put(bytes("a"), bytes("2"), 0);
            txn.put(bytes("b"), bytes("3"), 0);
        });
        watched.write(txn -> txn.deleteRange(range("a", "c")));
        sink.awaitEvents(0, 5);
        List<String> told = List.of("created 0 at 1", "0 at 2 [c=1@2, a=2@2, b=3@2]", "0 at 3 [a-@3, b-@3]");
        List<String> joined = List.of("created 0 at 1", "0 at 3 [c=1@2, a=2@2, b=3@2, a-@3, b-@3]");
        assertEquals(sink.told().size() == 3 ? told : joined, notices(sink.told()));
    }

    @Test
    void shouldLeaveOutWhatIsFiltered() {
        stream.watch(wanting(new Wants(true, false, false, false, false)));
        stream.watch(wanting(new Wants(false, true, false, false, false)));
        stream.watch(wanting(new Wants(false, false, false, false, false)));
        watched.put("k", "1");
        watched.delete("k");
        watched.put("k", "2");
        WatchedStore.awaitAll(stream, sink);
        assertEquals(List.of("k=1@2", "k=2@4"), texts(sink.awaitEvents(0, 2)));
        assertEquals(List.of("k-@3"), texts(sink.awaitEvents(1, 1)));
        assertEquals(List.of(), RecordingSink.events(2, sink.told()));
    }

    @Test
    void shouldTellWhatWasThereBefore() {
        stream.watch(wanting(Wants.PREVIOUS));
        stream.watch(wanting(Wants.EVENTS));
        watched.put("k", "1");
        watched.put("k", "2");
        watched.delete("k");
        watched.put("k", "3");
        assertEquals(
                List.of("k=1@2", "k=2@3 (was 1@2)", "k-@4 (was 2@3)", "k=3@5"), texts(sink.awaitEvents(0, 4)));
        assertEquals(List.of("k=1@2", "k=2@3", "k-@4", "k=3@5"), texts(sink.awaitEvents(1, 4)));
    }

    @Test
    void shouldTellNothingOfBeforeWhereThatIsCompacted() {
        watched.put("k", "1");
        watched.put("k", "2");
        watched.put("k", "3");
        watched.compact(3).join();
        stream.watch(new WatchRequest(0, key("k"), 3, Wants.PREVIOUS));
        assertEquals(List.of("k=2@3", "k=3@4 (was 2@3)"), texts(sink.awaitEvents(0, 2)));
    }

    @Test
    void shouldShareTheStoredBytesAmongAll() {
        stream.watch(from(0, key("k")));
        stream.watch(from(0, range("k", "l")));
        watched.put("k", "1");
        assertSame(
                sink.awaitEvents(0, 1).getFirst().keyValue().encoded(),
                sink.awaitEvents(1, 1).getFirst().keyValue().encoded());
    }

    @Test
    void shouldRefuseWhatCannotBeWatched() {
        stream.watch(new WatchRequest(7, key("k"), 0, Wants.EVENTS));
        stream.watch(new WatchRequest(7, key("other"), 0, Wants.EVENTS));
        stream.watch(from(0, range("b", "a")));
        stream.watch(from(0, range("b", "b")));
        stream.watch(from(-1, key("k")));
        assertEquals(
                List.of(
                        "created 7 at 1",
                        "refused DUPLICATE_ID",
                        "refused EMPTY_RANGE",
                        "refused EMPTY_RANGE",
                        "refused NEGATIVE_REVISION"),
                notices(sink.told()));
        assertEquals(1, watched.hub.stats().watcherCount());
    }

    @Test
    void shouldChooseIdsThatAreFree() {
        stream.watch(new WatchRequest(1, key("k"), 0, Wants.EVENTS));
        stream.watch(from(0, key("k")));
        stream.watch(from(0, key("k")));
        stream.cancel(0);
        stream.watch(from(0, key("k")));
        assertEquals(
                List.of("created 1 at 1", "created 0 at 1", "created 2 at 1", "canceled 0 at 1", "created 3 at 1"),
                notices(sink.told()));
    }

    @Test
    void shouldTellNothingAfterACancel() {
        stream.watch(from(0, key("k")));
        stream.watch(from(0, key("k")));
        watched.put("k", "1");
        sink.awaitEvents(0, 1);
        stream.cancel(0);
        stream.cancel(0);
        stream.cancel(99);
        watched.put("k", "2");
        WatchedStore.awaitAll(stream, sink);
        assertEquals(1, RecordingSink.events(0, sink.told()).size());
        assertEquals(2, RecordingSink.events(1, sink.told()).size());
        assertEquals(1, notices(sink.told()).stream().filter(text -> text.startsWith("canceled")).count());
        assertEquals(1, watched.hub.stats().watcherCount());
    }

    @Test
    void shouldTellOfProgressWhenNothingHappens() {
        stream.watch(wanting(new Wants(true, true, false, true, false)));
        stream.watch(wanting(Wants.EVENTS));
        watched.put("other", "1");
        WatchedStore.awaitAll(stream, sink);
        watched.clock.advanceNs(WatchedStore.INTERVAL_NS);
        assertEquals("progress 0 at 2", notices(sink.await(4)).get(3));

        watched.put("k", "1");
        sink.awaitEvents(1, 1);
        WatchedStore.awaitAll(stream, sink);
        int count = sink.told().size();
        watched.clock.advanceNs(WatchedStore.INTERVAL_NS);
        WatchedStore.awaitAll(stream, sink);
        assertEquals(count + 1, sink.told().size(), "none in an interval with an event");
        watched.clock.advanceNs(WatchedStore.INTERVAL_NS);
        assertEquals("progress 0 at 3", notices(sink.await(count + 2)).getLast());
    }

    @Test
    void shouldAnswerForProgressOfAStreamWithoutWatches() {
        watched.put("k", "1");
        stream.requestProgress();
        assertEquals(List.of("progress -1 at 2"), notices(sink.await(1)));
    }

    @Test
    void shouldEndAWatchWhoseRevisionIsCompacted() {
        for (int i = 0; i < 5; i++) {
            watched.put("k", "1");
        }
        watched.compact(4).join();
        stream.watch(from(3, key("k")));
        assertEquals(List.of("created 0 at 6", "compacted 0 at 4"), notices(sink.await(2)));
        assertEquals(0, watched.hub.stats().watcherCount());
        stream.cancel(0);
        assertEquals(2, sink.told().size());
    }

    @Test
    void shouldLetSyncedWatchesLiveThroughACompaction() {
        stream.watch(from(0, key("k")));
        for (int i = 0; i < 5; i++) {
            watched.put("other", "1");
        }
        watched.compact(6).join();
        watched.put("k", "1");
        assertEquals(List.of("k=1@7"), texts(sink.awaitEvents(0, 1)));
    }

    @Test
    void shouldEndAllStreamsWhenItIsClosed() {
        stream.watch(from(0, key("k")));
        RecordingSink other = new RecordingSink();
        WatchStream closed = watched.hub.open(other);
        closed.close();
        watched.hub.close();
        sink.awaitEnd();
        assertNull(sink.failure());
        assertFalse(other.isEnded(), "who leaves is told nothing");
        assertEquals(new WatchStats(0, 0, 0, 0, 0), watched.hub.stats());
        assertThrows(MisuseException.class, () -> watched.hub.open(new RecordingSink()));
        stream.watch(from(0, key("k")));
        stream.requestProgress();
        stream.cancel(0);
        stream.close();
        assertEquals(1, sink.told().size());
        watched.put("k", "the store goes on");
    }

    @Test
    void shouldLeaveNothingBehindWhenAStreamIsClosed() {
        stream.watch(wanting(new Wants(true, true, false, true, false)));
        stream.watch(from(0, range("a", "b")));
        watched.put("k", "1");
        sink.awaitEvents(0, 1);
        stream.close();
        int count = sink.told().size();
        watched.put("k", "2");
        watched.clock.advanceNs(10 * WatchedStore.INTERVAL_NS);
        RecordingSink other = new RecordingSink();
        WatchStream later = watched.hub.open(other);
        WatchedStore.awaitAll(later, other);
        assertEquals(new WatchStats(1, 0, 0, 1, 0), watched.hub.stats());
        assertEquals(count, sink.told().size());
    }

    /// Changes from before the first watch are not in the tail.
    @Test
    void shouldBeginAnewAfterATimeWithoutStreams() {
        stream.close();
        for (int i = 0; i < 10; i++) {
            watched.put("k", "unseen");
        }
        RecordingSink other = new RecordingSink();
        WatchStream later = watched.hub.open(other);
        later.watch(from(0, key("k")));
        long revision = watched.put("k", "seen");
        assertEquals(List.of("k=seen@" + revision), texts(other.awaitEvents(0, 1)));
        later.watch(from(revision - 1, key("k")));
        assertEquals(
                List.of("k=unseen@" + (revision - 1), "k=seen@" + revision), texts(other.awaitEvents(1, 2)));
    }

    @Test
    void shouldCountWhatItHasAndDoes() {
        stream.watch(from(0, key("k")));
        stream.watch(from(0, range("k", "l")));
        watched.write(txn -> {
            txn.put(bytes("k"), bytes("1"), 0);
            txn.put(bytes("k2"), bytes("1"), 0);
        });
        sink.awaitEvents(1, 2);
        WatchedStore.awaitAll(stream, sink);
        assertEquals(new WatchStats(1, 2, 0, 3, 0), watched.hub.stats());
    }

    @Test
    void shouldSayWhichProgressIsThatOfAll() {
        assertEquals(-1, WatchNotice.Progress.ALL, "as clients know it");
    }
}
