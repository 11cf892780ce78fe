package tenon.server.divergence;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tenon.api.ByteView;
import tenon.api.Platform;
import tenon.btree.StoreInspector;
import tenon.server.divergence.stored.Round;

/// What a store file, or a snapshot of one, says of the last comparison.
public final class ComparedStore {
    private ComparedStore() {}

    /// How many members have told of their state; 0 if there was no comparison.
    public static int toldCount(Path file) {
        try (StoreInspector store = StoreInspector.open(Platform.system(), file)) {
            return store.tx()
                    .findBucket(StateComparison.BUCKET.getBytes(StandardCharsets.UTF_8))
                    .map(bucket -> bucket.get(StateComparison.ROUND_KEY))
                    .map(ByteView::toByteArray)
                    .map(ComparedStore::toldCount)
                    .orElse(0);
        }
    }

    private static int toldCount(byte[] stored) {
        try {
            return Round.parseFrom(stored).getToldCount();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }
}
