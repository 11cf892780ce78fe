package tenon.server.campaign;

/// One call of a client, and what became of it.
final class Call {
    static final long NEVER = Long.MAX_VALUE;

    /// What its client knows of it.
    enum Outcome {
        /// Answered.
        DONE,
        /// It had no effect, and never will.
        REFUSED,
        /// It may have had an effect, or have one later.
        UNKNOWN
    }

    /// Of its own, from 1; stands in the values that it writes.
    final long id;

    final int client;
    final int member;
    final Request request;

    /// Moments of the campaign: each is one more than the one before.
    final long invokedAt;

    private long returnedAt = NEVER;
    private Outcome outcome = Outcome.UNKNOWN;
    private Answer answer;
    private String complaint = "";

    /// The life of the member in which it was answered; 0 if it was another at the beginning than at the end.
    private int life;

    Call(long id, int client, int member, Request request, long invokedAt) {
        this.id = id;
        this.client = client;
        this.member = member;
        this.request = request;
        this.invokedAt = invokedAt;
    }

    Call answered(Answer answer, int life, long at) {
        this.outcome = Outcome.DONE;
        this.answer = answer;
        this.life = life;
        this.returnedAt = at;
        return this;
    }

    Call failed(Outcome outcome, String complaint) {
        this.outcome = outcome;
        this.complaint = complaint;
        return this;
    }

    long returnedAt() {
        return returnedAt;
    }

    Outcome outcome() {
        return outcome;
    }

    boolean isDone() {
        return outcome == Outcome.DONE;
    }

    /// Null unless it is done.
    Answer answer() {
        return answer;
    }

    int life() {
        return life;
    }

    /// Whether it certainly wrote.
    boolean hasWritten() {
        return isDone() && answer.hasWritten();
    }

    /// Whether it must see all that was told before it began: any call but a serializable read.
    boolean isBoundByTime() {
        return !(request instanceof Request.Read read) || read.isLinearizable();
    }

    @Override
    public String toString() {
        String end = returnedAt == NEVER ? "" : Long.toString(returnedAt);
        return "#" + id + " client " + client + " at m" + member + (life == 0 ? "" : " life " + life) + " [" + invokedAt
                + ", " + end + "] " + request + " " + outcome + (answer == null ? " " + complaint : " " + answer);
    }
}
