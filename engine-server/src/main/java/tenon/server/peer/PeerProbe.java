package tenon.server.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tenon.api.Platform;
import tenon.server.TlsFiles;
import tenon.server.peer.wire.Members;
import tenon.server.peer.wire.MembersQuery;
import tenon.server.peer.wire.Refused;
import tenon.server.rpc.Member;
import tenon.server.tls.TlsContext;
import tenon.server.tls.TlsException;

/// Asks a member which cluster it is of and who the other members are. Needs no node and no identity: it is for a node
/// that is about to join, and for tools.
public final class PeerProbe {
    private final Platform platform;
    private final String serverVersion;
    private final TlsContext tls;

    /// @param serverVersion told to whoever is asked
    /// @param tls null for none
    /// @throws TlsException if certificate or key cannot be used
    public PeerProbe(Platform platform, String serverVersion, TlsFiles tls) {
        this.platform = platform;
        this.serverVersion = serverVersion;
        this.tls = tls == null ? null : TlsContext.load(platform.files(), tls, TlsContext.Use.MEMBERS);
    }

    /// Asks, and waits for the answer.
    ///
    /// @throws PeerProbeException if there is no answer within the time, or a refusal
    /// @throws IllegalArgumentException if the URL is none of a member
    public ClusterMembers members(URI url, long timeoutNs) {
        PeerUrl.check(url);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("tenon-peer-probe", true), NioIoHandler.newFactory());
        try {
            return await(url, ask(url, timeoutNs, loops), timeoutNs);
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private CompletableFuture<Members> ask(URI url, long timeoutNs, EventLoopGroup loops) {
        CompletableFuture<Members> answer = new CompletableFuture<>();
        new Dialer(platform, tls, timeoutNs)
                .dial(
                        url,
                        0,
                        loops.next(),
                        pipeline -> pipeline.addLast(
                                new FrameDecoder(PeerLayout.LARGE_BODY_BYTES_MAX, _ -> {}), new Question(answer)),
                        reason -> answer.completeExceptionally(new PeerProtocolException(reason)));
        return answer;
    }

    private static ClusterMembers await(URI url, CompletableFuture<Members> answer, long timeoutNs) {
        try {
            return decoded(answer.get(timeoutNs, TimeUnit.NANOSECONDS));
        } catch (TimeoutException _) {
            throw new PeerProbeException(url, "none within " + TimeUnit.NANOSECONDS.toMillis(timeoutNs) + " ms");
        } catch (ExecutionException e) {
            throw new PeerProbeException(url, String.valueOf(e.getCause().getMessage()));
        } catch (InvalidProtocolBufferException _) {
            throw new PeerProbeException(url, "it names members in a way that cannot be read");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new PeerProbeException(url, "the wait for it was interrupted");
        }
    }

    private static ClusterMembers decoded(Members answer) throws InvalidProtocolBufferException {
        List<Member> members = new ArrayList<>();
        for (ByteString member : answer.getMembersList()) {
            members.add(Member.parseFrom(member));
        }
        return new ClusterMembers(
                answer.getClusterId(), answer.getNodeId(), Notices.printable(answer.getServerVersion()), members);
    }

    /// Asks on one connection.
    private final class Question extends FrameHandler {
        private final CompletableFuture<Members> answer;
        private Channel channel;

        Question(CompletableFuture<Members> answer) {
            this.answer = answer;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            channel = context.channel();
        }

        @Override
        void onReady() {
            writeMagic(channel);
            MembersQuery query = MembersQuery.newBuilder()
                    .setProtocolVersion(PeerLayout.PROTOCOL_VERSION)
                    .setProtocolVersionMin(PeerLayout.PROTOCOL_VERSION_MIN)
                    .setServerVersion(serverVersion)
                    .build();
            channel.writeAndFlush(Frame.encode(channel.alloc(), FrameType.MEMBERS_QUERY, query));
        }

        @Override
        void onFrame(Frame frame) {
            switch (frame.type()) {
                case MEMBERS -> answer.complete(frame.parse(Members.parser()));
                case REFUSED ->
                    onFailure(Notices.printable(frame.parse(Refused.parser()).getText()), true);
                default -> throw unexpected(frame);
            }
            channel.close();
        }

        @Override
        void onFailure(String reason, boolean byPeer) {
            answer.completeExceptionally(new PeerProtocolException(reason));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            onFailure(PeerConnection.OTHER_SIDE_CLOSED, false);
        }
    }
}
