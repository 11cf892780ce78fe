package tenon.bench.cluster;

import java.util.concurrent.CompletableFuture;

/// The time from the end of a leader until others answer again. Safe for use by any thread.
///
/// @param term of the leader that ended; an answer of a later one ends the outage
/// @param beganNs when it was killed
/// @param toWriteNs completes with the time to the first write that was asked for after that and acknowledged
/// @param toReadNs the same for a linearizable read
record Outage(long term, long beganNs, CompletableFuture<Long> toWriteNs, CompletableFuture<Long> toReadNs) {
    static Outage beginsNow(long term) {
        return new Outage(term, System.nanoTime(), new CompletableFuture<>(), new CompletableFuture<>());
    }

    void onWritten(long termOfAnswer) {
        end(toWriteNs, termOfAnswer);
    }

    void onRead(long termOfAnswer) {
        end(toReadNs, termOfAnswer);
    }

    private void end(CompletableFuture<Long> toAnswerNs, long termOfAnswer) {
        if (termOfAnswer > term) {
            toAnswerNs.complete(System.nanoTime() - beganNs);
        }
    }
}
