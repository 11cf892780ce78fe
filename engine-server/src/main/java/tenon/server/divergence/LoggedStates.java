package tenon.server.divergence;

import java.nio.file.Path;
import java.util.List;
import tenon.api.CorruptDataException;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.mvcc.MvccStore;
import tenon.mvcc.StateHash;
import tenon.server.apply.ProposalDecoder;
import tenon.server.divergence.stored.Told;
import tenon.server.proposal.Proposal;

/// Holds the store of a member that starts against what its log says of it.
public final class LoggedStates {
    /// What tells of a state is short, so most entries need not be decoded.
    private static final int ENTRY_BYTES_MAX = 256;

    private LoggedStates() {}

    /// Checks that the records in the store lead to the state that this member last told of, if the log still has that.
    ///
    /// @param entries of the log; those up to the store's consistent index count, and takes among them only: what was taken
    ///     before may have been another store, which a snapshot has replaced
    /// @param files of store and log, for the finding
    /// @throws CorruptDataException if they do not
    public static void check(MvccStore store, List<Entry> entries, long selfId, Files files) {
        Told told = findLast(entries, store.appliedIndex().raftIndex(), selfId);
        StateHash found = told == null ? null : store.findStateHash(told.getRevision());
        StateHash logged = told == null ? null : new StateHash(told.getHash(), told.getSinceRevision());
        boolean comparable = found != null && found.sinceRevision() == logged.sinceRevision();
        if (comparable && !found.equals(logged)) {
            throw new CorruptDataException(
                    files.store,
                    0,
                    "the log in " + files.log + " says that the state hash at revision " + told.getRevision() + ", entry "
                            + told.getTakeIndex() + ", is " + logged + ", but the records come to " + found
                            + ": the store is not what the log has made; put this member's files back from a backup, or"
                            + " remove the member and add it anew");
        }
    }

    /// Where a member keeps its state.
    public record Files(Path store, Path log) {}

    private static Told findLast(List<Entry> entries, long appliedIndex, long selfId) {
        for (Entry entry : entries.reversed()) {
            if (entry.raftIndex() <= appliedIndex) {
                Told told = findTold(entry);
                boolean counts = told != null
                        && told.getMemberId() == selfId
                        && told.getTakeIndex() >= entries.getFirst().raftIndex();
                if (counts) {
                    return told;
                }
            }
        }
        return null;
    }

    private static Told findTold(Entry entry) {
        if (entry.type() != EntryType.NORMAL || entry.data().length > ENTRY_BYTES_MAX) {
            return null;
        }
        Proposal proposal = ProposalDecoder.decode(entry);
        return proposal.getStateCheck().hasTold() ? proposal.getStateCheck().getTold() : null;
    }
}
