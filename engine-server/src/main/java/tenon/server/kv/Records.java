package tenon.server.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import tenon.mvcc.KeyRange;
import tenon.server.rpc.KeyValue;

/// Between the records of the key space and those of the wire.
public final class Records {
    private Records() {}

    /// The stored form is the wire form. Key and value share the stored bytes.
    public static KeyValue toWire(tenon.mvcc.KeyValue stored) {
        CodedInputStream input = UnsafeByteOperations.unsafeWrap(stored.encoded()).newCodedInput();
        input.enableAliasing(true);
        try {
            return KeyValue.parseFrom(input);
        } catch (IOException e) {
            throw new IllegalStateException("a stored record is not in wire form", e);
        }
    }

    public static KeyRange range(ByteString key, ByteString rangeEnd) {
        return new KeyRange(key.toByteArray(), rangeEnd.toByteArray());
    }
}
