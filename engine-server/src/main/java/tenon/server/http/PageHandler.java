package tenon.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.nio.charset.StandardCharsets;

/// One request, one answer, then the connection is closed: those who ask come once in a while, and a connection that
/// ends by itself needs no keeping. Lives on the event loop of its connection.
public final class PageHandler extends SimpleChannelInboundHandler<HttpObject> {
    private static final System.Logger LOG = System.getLogger(PageHandler.class.getName());
    private static final int REQUEST_SECONDS_MAX = 20;

    private final Pages pages;
    private boolean answered;

    private PageHandler(Pages pages) {
        this.pages = pages;
    }

    /// Makes the connection one for pages.
    public static void addTo(ChannelPipeline pipeline, Pages pages) {
        pipeline.addLast(new ReadTimeoutHandler(REQUEST_SECONDS_MAX));
        pipeline.addLast(new HttpServerCodec());
        pipeline.addLast(new PageHandler(pages));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        // No page wants a body.
        if (answered || !(part instanceof HttpRequest request)) {
            return;
        }
        answered = true;
        if (request.decoderResult().isFailure()) {
            send(context, HttpMethod.GET, Page.BAD_REQUEST);
            return;
        }
        HttpMethod method = request.method();
        pages.answer(method, request.uri(), page -> send(context, method, page));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        ConnectionFailure.log(LOG, context.channel(), cause);
        context.close();
    }

    private static void send(ChannelHandlerContext context, HttpMethod method, Page page) {
        byte[] body = page.text().getBytes(StandardCharsets.UTF_8);
        boolean headOnly = method.equals(HttpMethod.HEAD);
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                page.status(),
                headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (!page.allowed().isEmpty()) {
            response.headers().set(HttpHeaderNames.ALLOW, page.allowed());
        }
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
}
