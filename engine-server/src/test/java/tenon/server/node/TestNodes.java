package tenon.server.node;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import tenon.api.FileSystem;
import tenon.api.Platform;
import tenon.server.ServerConfig;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.metrics.StageRecorder;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;

/// Nodes on a simulated disk, and requests to them.
final class TestNodes {
    private static final long SECONDS_MAX = 20;

    private TestNodes() {}

    static ServerConfig.Builder config() {
        return ServerConfig.builder(Path.of("/data")).walSegmentBytes(1 << 18);
    }

    static Node start(FileSystem files) {
        return Node.start(config().build(), Platform.system().withFiles(files));
    }

    static Node start(FileSystem files, ServerConfig config) {
        return Node.start(config, Platform.system().withFiles(files));
    }

    static Node start(FileSystem files, ServerConfig config, StageRecorder stages) {
        return Node.start(config, Platform.system().withFiles(files), stages);
    }

    static PutRequest put(String key, String value) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build();
    }

    static RangeRequest get(String key) {
        return RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
    }

    static PutResponse put(Node node, String key, String value) {
        return await(node.kv().put(put(key, value)));
    }

    static RangeResponse get(Node node, String key) {
        return await(node.kv().range(get(key)));
    }

    static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(SECONDS_MAX, TimeUnit.SECONDS).join();
    }

    /// The error that a request was refused with, null if it was not.
    static EtcdError refusal(CompletableFuture<?> future) {
        try {
            await(future);
            return null;
        } catch (CompletionException e) {
            if (e.getCause() instanceof RequestException refusal) {
                return refusal.error();
            }
            throw e;
        }
    }
}
