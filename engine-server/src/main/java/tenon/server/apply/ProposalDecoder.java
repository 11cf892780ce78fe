package tenon.server.apply;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import tenon.api.Entry;
import tenon.server.proposal.Proposal;

/// Reads proposals out of entries.
public final class ProposalDecoder {
    /// Above what a request may be nested as it comes in, which is 100: an entry nests it once more.
    private static final int NESTING_MAX = 200;

    private ProposalDecoder() {}

    /// The parts of the proposal share the entry's bytes.
    ///
    /// @throws IllegalStateException if the entry holds none
    public static Proposal decode(Entry entry) {
        try {
            return parse(entry);
        } catch (IOException e) {
            throw new IllegalStateException("entry " + entry + " holds no proposal", e);
        }
    }

    /// Null if the entry holds no proposal that this version can carry out.
    static Proposal find(Entry entry) {
        try {
            Proposal proposal = parse(entry);
            return proposal.getRequestCase() == Proposal.RequestCase.REQUEST_NOT_SET ? null : proposal;
        } catch (IOException e) {
            return null;
        }
    }

    /// Whether an entry holds a proposal that this version can carry out.
    public static boolean isKnown(Entry entry) {
        return find(entry) != null;
    }

    private static Proposal parse(Entry entry) throws IOException {
        CodedInputStream input = UnsafeByteOperations.unsafeWrap(entry.data()).newCodedInput();
        input.enableAliasing(true);
        input.setRecursionLimit(NESTING_MAX);
        return Proposal.parseFrom(input);
    }
}
