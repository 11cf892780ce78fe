/// # Divergence
///
/// Members that apply the same log must come to the same state. Here they compare whether they have, through the log
/// itself, so that all of them see the same and come to the same conclusion:
///
/// 1. The leader proposes a *take*, now and then if something has changed; a member that starts among others does too.
/// 2. Each member that applies the take *notes* its revision and its state hash ([tenon.mvcc.StateHash]) there, in the
///    bucket `divergence`, and then *tells* them by an entry of its own ([tenon.server.divergence.StateChecks]).
/// 3. Who applies what was told *judges* ([tenon.server.divergence.Judgement]): whoever is not in the state that a quorum
///    is in gets the CORRUPT alarm; if no quorum agrees, all do that contradict one another
///    ([tenon.server.divergence.StateComparison]).
///
/// While a CORRUPT alarm stands no member changes the key space, and the one that it is about serves no clients. Members
/// whose hashes began at different revisions are not compared.
///
/// At a start [tenon.server.divergence.LoggedStates] holds the records against what this member last told. Whether they
/// are the records that were written, the store has found out by itself by then.
///
/// Rounds are changed on the apply thread; proposals are made on the clock's.
package tenon.server.divergence;
