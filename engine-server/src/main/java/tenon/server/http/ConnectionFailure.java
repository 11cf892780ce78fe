package tenon.server.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import tenon.server.tls.TlsContext;

/// What is said of a connection of a client that failed: one line, and a quiet one of those who just went.
public final class ConnectionFailure {
    private ConnectionFailure() {}

    public static void log(Logger log, Channel channel, Throwable thrown) {
        Throwable cause = thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
        String tlsReason = TlsContext.findReason(cause);
        boolean isUsual = tlsReason == null && (cause instanceof ReadTimeoutException || cause instanceof IOException);
        log.log(
                isUsual ? Level.DEBUG : Level.INFO,
                "closing the connection of {0}: {1}",
                channel.remoteAddress(),
                tlsReason == null ? cause : tlsReason);
    }
}
