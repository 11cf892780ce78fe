package tenon.bench.load;

import static tenon.bench.load.Http2Layout.*;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/// As much of HTTP/2 and gRPC as a load of small unary calls needs, and no more: a client that does all that gRPC can do
/// costs as much for each call as the server. One thread.
///
/// A call has succeeded if a message came: one that fails is answered by header fields alone. What they say is not
/// decoded.
final class Http2Connection implements AutoCloseable {
    /// An answer that is none.
    static final int FAILED = -1;
    private static final int BUFFER_BYTES = 256 * 1024;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final HeaderFields fields;
    /// Filled from the socket, between two reads from 0 to position.
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    /// To be sent: from 0 to position.
    private ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Map<Integer, Call> calls = new HashMap<>();
    /// Calls that wait for room in the window.
    private final Deque<Call> waiting = new ArrayDeque<>();
    private int nextStreamId = 1;
    /// How much the server takes, on this connection and at the beginning of a call.
    private long sendWindowBytes = WINDOW_BYTES;
    private long streamWindowBytes = WINDOW_BYTES;
    /// What came since the server was last told that it may send more.
    private long receivedBytes;

    /// One who calls, with one call at a time.
    interface Caller {
        /// @param messageBytes of the answer, or [#FAILED]
        void onAnswer(int messageBytes) throws IOException;
    }

    private static final class Call {
        private final String path;
        private final byte[] message;
        private final Caller caller;
        private int answerBytes;

        Call(String path, byte[] message, Caller caller) {
            this.path = path;
            this.message = message;
            this.caller = caller;
        }
    }

    /// Connects.
    Http2Connection(InetSocketAddress server, Selector selector) throws IOException {
        channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
        fields = new HeaderFields(server.getHostString() + ":" + server.getPort());
        out.put(PREFACE);
        beginFrame(SETTING_BYTES, SETTINGS, 0, 0);
        out.putShort((short) INITIAL_WINDOW_SIZE_SETTING).putInt(WINDOW_BYTES_MAX);
        sendWindowUpdate(WINDOW_BYTES_MAX - WINDOW_BYTES);
    }

    /// Asks; what is to be sent is sent by [#flush].
    ///
    /// @param path such as `/etcdserverpb.KV/Put`
    void call(String path, byte[] message, Caller caller) throws IOException {
        if (message.length + MESSAGE_PREFIX_BYTES > streamWindowBytes) {
            throw new IOException("the server takes only " + streamWindowBytes + " bytes of a call at once");
        }
        Call call = new Call(path, message, caller);
        if (waiting.isEmpty() && fits(call)) {
            send(call);
        } else {
            waiting.add(call);
        }
    }

    private boolean fits(Call call) {
        return call.message.length + MESSAGE_PREFIX_BYTES <= sendWindowBytes;
    }

    private void send(Call call) {
        int streamId = nextStreamId;
        nextStreamId += 2;
        calls.put(streamId, call);
        byte[] block = fields.block(call.path);
        beginFrame(block.length, HEADERS, END_HEADERS, streamId);
        out.put(block);
        int bodyBytes = MESSAGE_PREFIX_BYTES + call.message.length;
        sendWindowBytes -= bodyBytes;
        int sentBytes = Math.min(bodyBytes, FRAME_BYTES_MAX);
        beginFrame(sentBytes, DATA, sentBytes == bodyBytes ? END_STREAM : 0, streamId);
        out.put((byte) 0).putInt(call.message.length);
        out.put(call.message, 0, sentBytes - MESSAGE_PREFIX_BYTES);
        while (sentBytes < bodyBytes) {
            int frameBytes = Math.min(bodyBytes - sentBytes, FRAME_BYTES_MAX);
            beginFrame(frameBytes, DATA, sentBytes + frameBytes == bodyBytes ? END_STREAM : 0, streamId);
            out.put(call.message, sentBytes - MESSAGE_PREFIX_BYTES, frameBytes);
            sentBytes += frameBytes;
        }
    }

    private void beginFrame(int payloadBytes, int type, int flags, int streamId) {
        ensureRoom(FRAME_HEADER_BYTES + payloadBytes);
        out.putInt(payloadBytes << Byte.SIZE | type).put((byte) flags).putInt(streamId);
    }

    private void ensureRoom(int bytes) {
        if (out.remaining() < bytes) {
            ByteBuffer larger = ByteBuffer.allocateDirect(2 * out.capacity() + bytes);
            out = larger.put(out.flip());
        }
    }

    private void sendWindowUpdate(int bytes) {
        beginFrame(Integer.BYTES, WINDOW_UPDATE, 0, 0);
        out.putInt(bytes);
    }

    /// Sends what there is to send, as far as the socket takes it.
    void flush() throws IOException {
        if (out.position() > 0) {
            out.flip();
            channel.write(out);
            out.compact();
        }
        boolean isLeft = out.position() > 0;
        key.interestOps(isLeft ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    /// Takes what has come, and tells the callers.
    ///
    /// @throws IOException if the server ended the connection
    void receive() throws IOException {
        int roomBytes;
        int readBytes;
        do {
            roomBytes = in.remaining();
            readBytes = channel.read(in);
            in.flip();
            while (in.remaining() >= FRAME_HEADER_BYTES && in.remaining() >= FRAME_HEADER_BYTES + payloadBytes()) {
                takeFrame();
            }
            in.compact();
        } while (readBytes == roomBytes);
        if (readBytes < 0) {
            throw new IOException("the server closed the connection");
        }
    }

    private int payloadBytes() {
        return in.getInt(in.position() + LENGTH_OFFSET) >>> Byte.SIZE;
    }

    private void takeFrame() throws IOException {
        int start = in.position();
        int payloadBytes = payloadBytes();
        int payload = start + FRAME_HEADER_BYTES;
        int flags = in.get(start + FLAGS_OFFSET);
        int streamId = in.getInt(start + STREAM_OFFSET) & Integer.MAX_VALUE;
        switch (in.get(start + TYPE_OFFSET)) {
            case DATA -> onData(streamId, payloadBytes);
            case HEADERS -> {
                if ((flags & END_STREAM) != 0) {
                    end(streamId);
                }
            }
            case RST_STREAM -> fail(streamId);
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    onSettings(payload, payloadBytes);
                }
            }
            case PING -> {
                if ((flags & ACK) == 0) {
                    beginFrame(payloadBytes, PING, ACK, 0);
                    out.put(in.slice(payload, payloadBytes));
                }
            }
            case GOAWAY -> throw new IOException("the server ends the connection");
            case WINDOW_UPDATE -> {
                if (streamId == 0) {
                    onWindow(in.getInt(payload) & Integer.MAX_VALUE);
                }
            }
            // Such as header fields that go on: nobody reads them.
            default -> {}
        }
        in.position(payload + payloadBytes);
    }

    private void onData(int streamId, int payloadBytes) {
        Call call = calls.get(streamId);
        if (call != null) {
            call.answerBytes += payloadBytes;
        }
        receivedBytes += payloadBytes;
        if (receivedBytes > WINDOW_BYTES_MAX / 2) {
            sendWindowUpdate((int) receivedBytes);
            receivedBytes = 0;
        }
    }

    private void end(int streamId) throws IOException {
        Call call = calls.remove(streamId);
        if (call != null) {
            call.caller.onAnswer(Math.max(FAILED, call.answerBytes - MESSAGE_PREFIX_BYTES));
        }
    }

    private void fail(int streamId) throws IOException {
        Call call = calls.remove(streamId);
        if (call != null) {
            call.caller.onAnswer(FAILED);
        }
    }

    private void onSettings(int payload, int payloadBytes) throws IOException {
        for (int offset = payload; offset < payload + payloadBytes; offset += SETTING_BYTES) {
            int value = in.getInt(offset + Short.BYTES);
            switch (in.getShort(offset)) {
                case INITIAL_WINDOW_SIZE_SETTING -> streamWindowBytes = value;
                case HEADER_TABLE_SIZE_SETTING -> {
                    if (value >= 0 && value < HEADER_TABLE_BYTES) {
                        throw new IOException("the server's table of header fields has only " + value + " bytes");
                    }
                }
                default -> {}
            }
        }
        beginFrame(0, SETTINGS, ACK, 0);
    }

    private void onWindow(int moreBytes) {
        sendWindowBytes += moreBytes;
        while (!waiting.isEmpty() && fits(waiting.peek())) {
            send(waiting.poll());
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
