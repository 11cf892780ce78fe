/// # Watches
///
/// A *watcher* is a place in the history: the first revision that it has not been told of. [tenon.mvcc.watch.Hub] puts
/// the parts together.
///
/// ## Nouns
/// - *synced*: a watcher whose next event has not been dispatched yet. It stands in the [WatcherIndex], in which the
///   watchers of a key are found without a look at the others.
/// - *unsynced*: a watcher that is behind. It began in the past, or its sink had no room. It *waits* for a turn, is being
///   *served*, or is *parked* until its sink has room.
/// - *dispatched revision*: through which synced watchers were handed events.
/// - *tail*: changes that were made after that, as long as they fit in memory.
///
/// ## The way of a change
/// The writer's thread puts the changes of a transaction into the [ChangeTail], which has a limit in bytes, and is done.
/// The [Dispatcher] takes them out, or reads them from the history if there was no room, finds the watchers that want
/// them, and hands each its events. What all of them share are the records as they are stored.
///
/// A watcher whose sink has no room becomes unsynced at the first event that was not told. The [CatchUp] threads serve
/// unsynced watchers in turn: they read one window of the history, for the watcher whose turn it is and for all others
/// that stand in the same window, hand out what is wanted, and let the watchers go back to the end of the line, or to
/// the synced ones if nothing was dispatched that they have not been told.
///
/// So memory is bounded by the tail, a window for each thread, and what sinks hold; and no slow watcher makes a writer
/// wait, or one that keeps up.
///
/// ## Order
/// A watcher is handed events by one thread at a time: by the dispatcher while it is synced, by the thread that serves it
/// while it is not. It changes sides under the lock of [Watchers], together with the dispatched revision, so no event is
/// left out or told twice. Progress is told by the dispatcher alone, between two rounds: by then all watchers that are
/// synced have been handed all through the dispatched revision.
///
/// ## Locks
/// Each [Stream] has one, held while its sink takes a notice. [Watchers] has one for the places of all watchers, held for
/// look-ups and moves; a round of the dispatcher finds its watchers under it and hands out without it. [ChangeTail] has
/// one, the only one that the writer's thread takes. Order: stream, watchers, tail. None is held over a read of the
/// store, except that a stream's is while records before an event are looked up.
package tenon.mvcc.watch;
