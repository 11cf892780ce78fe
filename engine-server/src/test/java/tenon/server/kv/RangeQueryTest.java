package tenon.server.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.Platform;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;
import tenon.testkit.SimulatedFileSystem;

/// Of how much an answer may hold. What it holds is tested with the server.
class RangeQueryTest {
    private static final Path FILE = Path.of("/data/db");
    private static final int KEYS = 100;
    private static final int VALUE_BYTES = 10_000;
    /// Room for a tenth of all.
    private static final AnswerMemory MEMORY = new AnswerMemory(KEYS * VALUE_BYTES / 10);

    private MvccStore store;

    @BeforeEach
    void fill() {
        SimulatedFileSystem disk = new SimulatedFileSystem();
        disk.createDirectories(FILE.getParent());
        store = MvccStore.open(Platform.system().withFiles(disk), FILE, MvccOptions.DEFAULT);
        for (int i = 0; i < KEYS; i++) {
            try (WriteTxn txn = store.write(new AppliedIndex(1, i + 1))) {
                txn.put(("k" + i).getBytes(), new byte[VALUE_BYTES], 0);
            }
        }
    }

    @AfterEach
    void close() {
        store.close();
        assertEquals(0, MEMORY.takenBytes());
    }

    private static RangeRequest.Builder all() {
        ByteString zero = ByteString.copyFrom(new byte[1]);
        return RangeRequest.newBuilder().setKey(zero).setRangeEnd(zero);
    }

    private RangeResponse read(RangeRequest.Builder request, boolean fits) {
        try (ReadTxn view = store.read();
                AnswerMemory.Share share = MEMORY.begin()) {
            RangeResponse response =
                    RangeQuery.read(view, request.build(), share).build();
            assertEquals(KEYS, response.getCount());
            assertEquals(fits, !share.isRefused());
            return response;
        }
    }

    @Test
    void shouldStopWhereTheRoomEnds() {
        assertTrue(read(all(), false).getKvsCount() <= KEYS / 10);
    }

    @Test
    void shouldCountWhatItNeedNotHold() {
        read(all().setCountOnly(true), true);
    }

    @Test
    void shouldHoldNoMoreThanIsAskedFor() {
        assertEquals(5, read(all().setLimit(5), true).getKvsCount());
        RangeResponse newest = read(all().setMinModRevision(KEYS - 1), true);
        assertEquals(3, newest.getKvsCount());
    }

    @Test
    void shouldHoldNoValuesWhereOnlyKeysAreWanted() {
        RangeResponse keys = read(all().setKeysOnly(true), true);
        assertEquals(KEYS, keys.getKvsCount());
        assertTrue(keys.getKvsList().stream().allMatch(each -> each.getValue().isEmpty()));
        assertFalse(keys.getKvs(0).getKey().isEmpty());
    }

    @Test
    void shouldHoldTheValuesThatItSortsBy() {
        read(all().setKeysOnly(true).setSortTarget(RangeRequest.SortTarget.VALUE), false);
    }
}
