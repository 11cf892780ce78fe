package tenon.server.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.Entry;
import tenon.mvcc.AppliedIndex;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RequestOp;
import tenon.server.rpc.TxnRequest;

/// Who brings a commit applies it where that is brief, and nothing else.
@Timeout(60)
class AssistedApplyTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("k");

    private record Applied(long raftIndex, Thread by) {}

    private final List<Applied> applied = Collections.synchronizedList(new ArrayList<>());
    private volatile CompletableFuture<Void> mayPut = CompletableFuture.completedFuture(null);
    private final TestMember member = new TestMember(-1, 1_000, chain -> new ApplierLayer(chain) {
        @Override
        public Outcome put(PutRequest request, AppliedIndex at) {
            mayPut.join();
            applied.add(new Applied(at.raftIndex(), Thread.currentThread()));
            return super.put(request, at);
        }

        @Override
        public Outcome txn(TxnRequest request, AppliedIndex at) {
            applied.add(new Applied(at.raftIndex(), Thread.currentThread()));
            return super.txn(request, at);
        }
    });
    private long lastIndex;

    private Entry put(Consumer<PutRequest.Builder> more) {
        return TestMember.entry(
                ++lastIndex, proposal -> more.accept(proposal.getPutBuilder().setKey(KEY)));
    }

    private Entry put() {
        return put(_ -> {});
    }

    private boolean isLastMine() {
        return applied.getLast().by == Thread.currentThread();
    }

    /// Until the loop's thread, which has just applied something, rests.
    @BeforeEach
    void settle() {
        member.apply(List.of(put()));
        while (!isLastMine()) {
            Entry entry = put();
            member.submitAssisted(List.of(entry));
            member.waiters.reached(lastIndex).join();
        }
    }

    @AfterEach
    void shouldHaveAppliedEachOnceAndInOrder() {
        mayPut.complete(null);
        member.waiters.reached(lastIndex).join();
        assertEquals(
                LongStream.rangeClosed(1, lastIndex).boxed().toList(),
                applied.stream().map(Applied::raftIndex).toList());
        member.close();
        assertFalse(member.failure.isDone());
    }

    @Test
    void shouldApplyALonePutBeforeItReturns() {
        member.submitAssisted(List.of(put(put -> put.setValue(KEY))));
        assertEquals(lastIndex, member.waiters.appliedIndex());
        assertTrue(isLastMine());
    }

    @Test
    void shouldLeaveToTheLoopWhatLooksSomethingUp() {
        member.submitAssisted(List.of(put(put -> put.setPrevKv(true))));
        shouldNotBeMine();
        member.submitAssisted(List.of(put(put -> put.setIgnoreValue(true))));
        shouldNotBeMine();
        member.submitAssisted(List.of(put(put -> put.setIgnoreLease(true))));
        shouldNotBeMine();
    }

    @Test
    void shouldLeaveToTheLoopWhatMayTakeAWhile() {
        member.submitAssisted(List.of(put(), put()));
        shouldNotBeMine();
        member.submitAssisted(List.of(put(put -> put.setValue(ByteString.copyFrom(new byte[1 << 20])))));
        shouldNotBeMine();
        RequestOp op = RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(KEY))
                .build();
        member.submitAssisted(List.of(
                TestMember.entry(++lastIndex, proposal -> proposal.getTxnBuilder().addSuccess(op))));
        shouldNotBeMine();
    }

    @Test
    void shouldLeaveToTheLoopWhatSomebodyElseSubmits() throws InterruptedException {
        Entry entry = put();
        Thread other = Thread.ofPlatform().start(() -> member.submit(List.of(entry)));
        other.join();
        shouldNotBeMine();
    }

    @Test
    void shouldLeaveToTheLoopWhatWouldKeepTheAssistantFromItsOwnWork() {
        member.isAssistantCalled = true;
        member.submitAssisted(List.of(put()));
        shouldNotBeMine();
    }

    /// Where a batch is being committed, and half of the next one is full, a put might wait for the disk.
    @Test
    void shouldLeaveToTheLoopWhatMayWaitForTheDisk() {
        // Whoever writes to the disk has to wait.
        synchronized (member.disk) {
            member.apply(LongStream.range(0, 1_600).mapToObj(_ -> put()).toList());
            member.submitAssisted(List.of(put()));
            shouldNotBeMine();
        }
    }

    @Test
    void shouldWaitForNobodyWhoIsAtIt() {
        mayPut = new CompletableFuture<>();
        member.submit(List.of(put()));
        member.submitAssisted(List.of(put()));
        assertTrue(member.waiters.appliedIndex() < lastIndex - 1);
        mayPut.complete(null);
        shouldNotBeMine();
    }

    private void shouldNotBeMine() {
        member.waiters.reached(lastIndex).join();
        assertFalse(isLastMine());
    }
}
