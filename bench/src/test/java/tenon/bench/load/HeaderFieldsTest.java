package tenon.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderFieldsTest {
    private final HeaderFields fields = new HeaderFields("127.0.0.1:20379");
    /// Has the table of a server.
    private final DefaultHttp2HeadersDecoder server = new DefaultHttp2HeadersDecoder();

    @Test
    void shouldSayTheSameInFewerBytesTheSecondTime() throws Http2Exception {
        assertTrue(blockBytes("/etcdserverpb.KV/Put") > 60);
        assertEquals(7, blockBytes("/etcdserverpb.KV/Put"));
        assertEquals(7, blockBytes("/etcdserverpb.KV/Put"));
    }

    @Test
    void shouldKnowItsFieldsWhateverWasCalledBetween() throws Http2Exception {
        List<String> paths = List.of("/a/Put", "/a/Range", "/a/Put", "/a/Status", "/a/Range", "/a/Put", "/a/Put");
        for (String path : paths) {
            blockBytes(path);
        }
        assertEquals(7, blockBytes("/a/Range"));
    }

    /// Decodes the block of a call as a server does.
    private int blockBytes(String path) throws Http2Exception {
        byte[] block = fields.block(path);
        Http2Headers headers = server.decodeHeaders(1, Unpooled.wrappedBuffer(block));
        assertEquals("POST", headers.method().toString());
        assertEquals("http", headers.scheme().toString());
        assertEquals(path, headers.path().toString());
        assertEquals("127.0.0.1:20379", headers.authority().toString());
        assertEquals("application/grpc", headers.get("content-type").toString());
        assertEquals("trailers", headers.get("te").toString());
        assertEquals("tenon-bench", headers.get("user-agent").toString());
        assertEquals(7, headers.size());
        return block.length;
    }
}
