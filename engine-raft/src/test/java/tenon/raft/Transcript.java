package tenon.raft;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tenon.api.ConfChange;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.MisuseException;
import tenon.api.ProposalDroppedException;
import tenon.api.ReadState;
import tenon.api.Ready;
import tenon.api.SnapshotMark;

/// Carries out a script for a small cluster and writes down all that the nodes say and do.
///
/// A line that begins with `> ` is a command; what follows up to the next blank line, comment (`#`) or command is what
/// came of it.
///
/// | command | what it does |
/// |---|---|
/// | `options [prevote] [checkquorum] [lease]` | of the nodes that start thereafter; none of them is on by default |
/// | `start ID VOTERS [term T] [log TERM…]` | starts a node that knows these voters (`1,2,3`, `-` for none) |
/// | `found ID VOTERS` | starts a founder, which has the founders as first entries |
/// | `campaign`, `compact ID INDEX`, `tick ID COUNT`, `propose ID TEXT…`, `read ID CONTEXT`, `transfer ID TO` | on a node |
/// | `change ID [joint] [+N] [~N] [-N]…` | proposes voters, learners and removals |
/// | `ready ID`, `store ID`, `deliver` | one step of a node, of its disk, of the network |
/// | `settle` | all of these until nothing is left to do |
/// | `cut ID…`, `join` | cuts nodes off; nobody is cut off any more |
/// | `logs`, `status ID` | shows all logs; what a leader knows |
final class Transcript {
    private final StringBuilder out = new StringBuilder();
    private final Map<Long, RaftNode> nodes = new LinkedHashMap<>();
    private final Map<Long, List<Entry>> logs = new LinkedHashMap<>();
    private final Map<Long, List<Ready>> toStore = new LinkedHashMap<>();
    private final List<Message> network = new ArrayList<>();
    private final Set<Long> cut = new HashSet<>();
    private Set<String> options = Set.of();

    /// @return the script with what really came of it
    static String replay(List<String> lines) {
        Transcript transcript = new Transcript();
        boolean answer = false;
        for (String line : lines) {
            answer = answer && !line.isBlank() && !line.startsWith("#") && !line.startsWith("> ");
            if (!answer) {
                transcript.out.append(line).append('\n');
            }
            if (line.startsWith("> ")) {
                transcript.run(line.substring(2).split(" "));
                answer = true;
            }
        }
        return transcript.out.toString();
    }

    private void say(String line) {
        out.append("  ").append(line).append('\n');
    }

    private void run(String[] words) {
        try {
            switch (words[0]) {
                case "options" -> options = Set.of(words);
                case "start" -> start(words);
                case "found" -> found(words);
                case "deliver" -> deliver();
                case "settle" -> settle();
                case "cut" -> List.of(words).subList(1, words.length).forEach(id -> cut.add(Long.valueOf(id)));
                case "join" -> cut.clear();
                case "logs" -> nodes.keySet().forEach(this::sayLog);
                default -> runOn(Long.parseLong(words[1]), words);
            }
        } catch (ProposalDroppedException | MisuseException | ProtocolViolationException refused) {
            say(refused.getClass().getSimpleName() + ": " + refused.getMessage());
        }
    }

    private void runOn(long id, String[] words) {
        RaftNode node = nodes.get(id);
        switch (words[0]) {
            case "campaign" -> node.campaign();
            case "compact" -> node.compact(Long.parseLong(words[2]));
            case "read" -> node.readIndex(Long.parseLong(words[2]));
            case "transfer" -> node.transferLeadership(Long.parseLong(words[2]));
            case "change" -> node.proposeConfChange(change(words));
            case "ready" -> ready(id);
            case "store" -> store(id);
            case "status" -> node.status().progress().forEach((peer, progress) -> say(peer + " "
                    + progress.replication() + " match " + progress.matchIndex() + " next " + progress.nextIndex()));
            case "propose" -> node.propose(List.of(words).subList(2, words.length).stream()
                    .map(text -> text.getBytes(StandardCharsets.UTF_8))
                    .toList());
            case "tick" -> {
                for (int i = Integer.parseInt(words[2]); i > 0; i--) {
                    node.tick();
                }
            }
            default -> throw new AssertionError("unknown command " + words[0]);
        }
    }

    private void start(String[] words) {
        long id = Long.parseLong(words[1]);
        long term = 0;
        List<Entry> log = new ArrayList<>();
        for (int i = 3; i < words.length; i++) {
            if (words[i].equals("term")) {
                term = Long.parseLong(words[++i]);
            } else if (!words[i].equals("log")) {
                long entryTerm = Long.parseLong(words[i]);
                byte[] data = ("t" + entryTerm).getBytes(StandardCharsets.UTF_8);
                log.add(new Entry(entryTerm, log.size() + 1L, EntryType.NORMAL, data));
                term = Math.max(term, entryTerm);
            }
        }
        HardState hardState = new HardState(term, 0, 0);
        start(id, new RecoveredState(SnapshotMark.NONE, hardState, log, ConfState.ofVoters(voters(words[2])), 0));
    }

    private void found(String[] words) {
        List<ConfChange> founders = voters(words[2]).stream()
                .map(voter -> step(ConfChange.StepType.ADD_VOTER, "+" + voter))
                .map(step -> new ConfChange(ConfChange.Transition.AUTO, List.of(step), new byte[0]))
                .toList();
        start(Long.parseLong(words[1]), RecoveredState.founding(founders));
    }

    private void start(long id, RecoveredState state) {
        RaftOptions.Builder builder = RaftOptions.of(id)
                .electionTicks(10)
                .preVote(options.contains("prevote"))
                .checkQuorum(options.contains("checkquorum"))
                .readMode(options.contains("lease") ? ReadMode.LEASE : ReadMode.SAFE);
        nodes.put(id, new RaftNode(builder.build(), state));
        logs.put(id, new ArrayList<>(state.entries()));
        toStore.put(id, new ArrayList<>());
    }

    private static Set<Long> voters(String list) {
        Set<Long> voters = new TreeSet<>();
        for (String voter : list.equals("-") ? new String[0] : list.split(",")) {
            voters.add(Long.valueOf(voter));
        }
        return voters;
    }

    private static ConfChange change(String[] words) {
        ConfChange.Transition transition = ConfChange.Transition.AUTO;
        List<ConfChange.Step> steps = new ArrayList<>();
        for (String word : List.of(words).subList(2, words.length)) {
            switch (word.charAt(0)) {
                case '+' -> steps.add(step(ConfChange.StepType.ADD_VOTER, word));
                case '~' -> steps.add(step(ConfChange.StepType.ADD_LEARNER, word));
                case '-' -> steps.add(step(ConfChange.StepType.REMOVE, word));
                default -> transition = ConfChange.Transition.JOINT_EXPLICIT;
            }
        }
        return new ConfChange(transition, steps, new byte[0]);
    }

    private static ConfChange.Step step(ConfChange.StepType type, String word) {
        return new ConfChange.Step(type, Long.parseLong(word.substring(1)));
    }

    // --- One step

    private void settle() {
        boolean busy = true;
        while (busy) {
            busy = !network.isEmpty();
            deliver();
            for (long id : nodes.keySet()) {
                busy |= nodes.get(id).hasReady();
                ready(id);
                store(id);
            }
        }
    }

    private void ready(long id) {
        RaftNode node = nodes.get(id);
        if (!node.hasReady()) {
            return;
        }
        Ready ready = node.ready();
        if (ready.softState() != null) {
            say(id + " is " + ready.softState().role() + ", leader " + ready.softState().leaderId());
        }
        if (ready.hardState() != null) {
            HardState hard = ready.hardState();
            say(id + " term " + hard.term() + " vote " + hard.votedFor() + " commit " + hard.commitIndex());
        }
        if (ready.snapshot() != null) {
            say(id + " installs a snapshot at " + place(ready.snapshot().mark()));
            logs.get(id).clear();
        }
        if (!ready.entriesToStore().isEmpty()) {
            say(id + " stores " + places(ready.entriesToStore()));
        }
        network.addAll(ready.messages());
        toStore.get(id).add(ready);
        for (ReadState read : ready.readStates()) {
            say(id + " may read " + read.context() + " at " + read.raftIndex());
        }
        apply(id, ready.committedEntries());
    }

    private void apply(long id, List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        say(id + " applies " + places(entries));
        for (Entry entry : entries) {
            if (entry.type() == EntryType.CONF_CHANGE) {
                say(id + " has " + conf(nodes.get(id).applyConfChange(ConfChangeCodec.decode(entry.data()))));
            }
        }
        nodes.get(id).onApplied(entries.getLast().raftIndex());
    }

    private void store(long id) {
        List<Ready> readies = List.copyOf(toStore.get(id));
        toStore.get(id).clear();
        for (Ready ready : readies) {
            List<Entry> log = logs.get(id);
            for (Entry entry : ready.entriesToStore()) {
                log.removeIf(old -> old.raftIndex() >= entry.raftIndex());
                log.add(entry);
            }
            nodes.get(id).onStored(ready.number());
            network.addAll(ready.messagesAfterStored());
        }
    }

    private void deliver() {
        List<Message> arriving = List.copyOf(network);
        network.clear();
        for (Message message : arriving) {
            boolean lost = cut.contains(message.from()) || cut.contains(message.to());
            say(message.from() + ">" + message.to() + " " + describe(message) + (lost ? " (lost)" : ""));
            if (!lost) {
                nodes.get(message.to()).step(message);
            }
            if (message instanceof Message.InstallSnapshot) {
                nodes.get(message.from()).onSnapshotSent(message.to(), !lost);
            }
        }
    }

    // --- Words

    private void sayLog(long id) {
        say(id + " commit " + nodes.get(id).status().hardState().commitIndex() + " log " + places(logs.get(id)));
    }

    private static String describe(Message message) {
        String what = switch (message) {
            case Message.Append m -> "Append behind " + m.previousTerm() + "/" + m.previousIndex() + " ["
                    + places(m.entries()) + "] commit " + m.commitIndex();
            case Message.AppendResponse m when m.rejected() -> "AppendResponse no to " + m.matchIndex() + ", hint "
                    + m.rejectHintTerm() + "/" + m.rejectHintIndex();
            case Message.AppendResponse m -> "AppendResponse match " + m.matchIndex();
            case Message.Vote m -> (m.preVote() ? "PreVote" : "Vote") + (m.leaderTransfer() ? " for transfer" : "")
                    + " last " + m.lastTerm() + "/" + m.lastIndex();
            case Message.VoteResponse m -> (m.preVote() ? "PreVoteResponse " : "VoteResponse ")
                    + (m.rejected() ? "no" : "yes");
            case Message.Heartbeat m -> "Heartbeat commit " + m.commitIndex() + " read " + m.readContext();
            case Message.HeartbeatResponse m -> "HeartbeatResponse read " + m.readContext();
            case Message.InstallSnapshot m -> "InstallSnapshot at " + place(m.mark()) + " with " + conf(m.confState());
            case Message.Forward m -> "Forward of " + m.entries().size();
            case Message.ReadIndex m -> "ReadIndex " + m.context();
            case Message.ReadIndexResponse m -> "ReadIndexResponse " + m.context() + " at " + m.raftIndex();
            case Message.TimeoutNow _ -> "TimeoutNow";
        };
        return "term " + message.term() + " " + what;
    }

    private static String place(SnapshotMark mark) {
        return mark.term() + "/" + mark.raftIndex();
    }

    private static String places(List<Entry> entries) {
        return String.join(" ", entries.stream().map(Transcript::place).toList());
    }

    private static String place(Entry entry) {
        String text = entry.type() == EntryType.CONF_CHANGE
                ? "change"
                : new String(entry.data(), StandardCharsets.UTF_8);
        return entry.term() + "/" + entry.raftIndex() + (text.isEmpty() ? "" : ":" + text);
    }

    private static String conf(ConfState conf) {
        return "voters " + sorted(conf.voters())
                + (conf.votersOutgoing().isEmpty() ? "" : " outgoing " + sorted(conf.votersOutgoing()))
                + (conf.learners().isEmpty() ? "" : " learners " + sorted(conf.learners()))
                + (conf.learnersNext().isEmpty() ? "" : " learners next " + sorted(conf.learnersNext()))
                + (conf.autoLeave() ? ", leaves by itself" : "");
    }

    private static List<Long> sorted(Set<Long> nodeIds) {
        return nodeIds.stream().sorted().toList();
    }
}
