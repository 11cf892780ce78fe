package tenon.server.peer;

import com.google.protobuf.InvalidProtocolBufferException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import tenon.server.error.EtcdError;
import tenon.server.peer.wire.Promote;
import tenon.server.peer.wire.Promoted;
import tenon.server.peer.wire.Purpose;
import tenon.server.rpc.MemberListResponse;

/// Asks the leader to promote a learner: one question, one answer.
final class PromotionConnection extends OpenedConnection {
    private final long memberId;
    private final CompletableFuture<MemberListResponse> answer;
    private final Runnable atNextUrl;
    // Only the event loop uses it.
    private boolean asked;

    /// @param atNextUrl run if nothing could be asked here
    PromotionConnection(
            PeerEnvironment world,
            Peer peer,
            URI url,
            long memberId,
            CompletableFuture<MemberListResponse> answer,
            Runnable atNextUrl) {
        super(world, peer, url, Purpose.PROMOTION);
        this.memberId = memberId;
        this.answer = answer;
        this.atNextUrl = atNextUrl;
    }

    @Override
    void onAgreed(String peerVersion) {
        asked = true;
        writeAndFlush(
                FrameType.PROMOTE, Promote.newBuilder().setMemberId(memberId).build());
    }

    @Override
    void onAnswer(Frame frame) {
        if (frame.type() != FrameType.PROMOTED) {
            throw unexpected(frame);
        }
        Promoted promoted = frame.parse(Promoted.parser());
        switch (promoted.getResultCase()) {
            case MEMBERS -> answer.complete(members(promoted));
            case REFUSAL -> answer.completeExceptionally(refusal(promoted).exception());
            case RESULT_NOT_SET -> throw new PeerProtocolException("an answer to a promotion that says nothing");
        }
    }

    private static MemberListResponse members(Promoted promoted) {
        try {
            return MemberListResponse.parseFrom(promoted.getMembers());
        } catch (InvalidProtocolBufferException e) {
            throw new PeerProtocolException("members that cannot be read: " + e.getMessage());
        }
    }

    private static EtcdError refusal(Promoted promoted) {
        EtcdError refusal = EtcdError.findByText(promoted.getRefusal());
        if (refusal == null) {
            throw new PeerProtocolException("an unknown refusal: " + Notices.printable(promoted.getRefusal()));
        }
        return refusal;
    }

    /// What was asked may have happened, and is not asked again.
    @Override
    void onEnd(String reason) {
        if (answer.isDone()) {
            return;
        }
        world.notices().log(Level.WARNING, subject() + " does not answer to a promotion: " + reason);
        if (asked) {
            answer.completeExceptionally(EtcdError.TIMEOUT.exception());
        } else {
            atNextUrl.run();
        }
    }
}
