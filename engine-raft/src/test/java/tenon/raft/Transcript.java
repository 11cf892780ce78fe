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
import tenon.api.SnapshotMark;

/// Carries out a script for a small cluster and writes down all that the nodes say and do.
///
/// A line that begins with `> ` is a command; what follows up to the next blank line, comment (`#`) or command is what
/// came of it.
///
/// | command | what it does |
/// |---|---|
/// | `options WORD…` | of the nodes that start thereafter, none of them on by default: `prevote`, `checkquorum`, `lease`, `noforwarding`, `lateapply` (only `apply` and `settle` apply), and limits: `inflight=N`, `inflightbytes=N`, `message=N`, `uncommitted=N`; `seed=N`, from which election timeouts are drawn |
/// | `start ID VOTERS [term T] [log TERM…]` | starts a node that knows these voters (`1,2,3`, `-` for none) |
/// | `found ID VOTERS` | starts a founder, which has the founders as first entries |
/// | `campaign`, `compact ID INDEX`, `tick ID COUNT`, `propose ID TEXT…`, `read ID CONTEXT`, `transfer ID TO` | on a node |
/// | `change ID [joint] [+N] [~N] [-N]…` | proposes voters, learners and removals; without any, to leave a joint configuration |
/// | `ready ID`, `store ID [COUNT]`, `apply ID [COUNT]`, `deliver` | one step of a node, of its disk (all Readies or the oldest), of its state machine, of the network |
/// | `settle [ID…]` | all of these, of all nodes or some, until nothing is left to do |
/// | `cut ID…`, `join` | cuts nodes off; nobody is cut off any more |
/// | `unreachable ID PEER`, `snapshot ID PEER sent` or `failed` | reports to a node |
/// | `crash ID`, `checkpoint ID`, `restart ID` | loses all that is not on the disk; brings the state machine there; starts from there |
/// | `tear ID` | stores the entries of the oldest Ready, and crashes before its hard state is stored |
/// | `logs`, `status ID` | shows all logs; what a leader knows |
final class Transcript {
    private final StringBuilder out = new StringBuilder();
    private final Map<Long, TranscriptNode> nodes = new LinkedHashMap<>();
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
                case "settle" -> settle(words);
                case "cut" -> List.of(words).subList(1, words.length).forEach(id -> cut.add(Long.valueOf(id)));
                case "join" -> cut.clear();
                case "logs" -> nodes.values().forEach(node -> say(node.logLine()));
                default -> runOn(nodes.get(Long.parseLong(words[1])), words);
            }
        } catch (ProposalDroppedException | MisuseException | ProtocolViolationException refused) {
            say(refused.getClass().getSimpleName() + ": " + refused.getMessage());
        }
    }

    private void runOn(TranscriptNode member, String[] words) {
        switch (words[0]) {
            case "ready" -> member.ready(network);
            case "store" -> member.store(words.length > 2 ? Integer.parseInt(words[2]) : Integer.MAX_VALUE, network);
            case "apply" -> member.apply(words.length > 2 ? Integer.parseInt(words[2]) : Integer.MAX_VALUE);
            case "crash" -> member.crash();
            case "tear" -> member.tear();
            case "checkpoint" -> member.checkpoint();
            case "restart" -> member.restart();
            case "compact" -> member.compact(Long.parseLong(words[2]));
            case "status" -> TranscriptText.of(member.node().status()).forEach(this::say);
            default -> runOn(member.node(), words);
        }
    }

    private static void runOn(RaftNode node, String[] words) {
        switch (words[0]) {
            case "campaign" -> node.campaign();
            case "read" -> node.readIndex(Long.parseLong(words[2]));
            case "transfer" -> node.transferLeadership(Long.parseLong(words[2]));
            case "change" -> node.proposeConfChange(change(words));
            case "unreachable" -> node.onUnreachable(Long.parseLong(words[2]));
            case "snapshot" -> node.onSnapshotSent(Long.parseLong(words[2]), words[3].equals("sent"));
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

    // --- Starting

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
                .forwarding(!options.contains("noforwarding"))
                .readMode(options.contains("lease") ? ReadMode.LEASE : ReadMode.SAFE);
        for (String option : options) {
            String[] limit = option.split("=");
            switch (limit[0]) {
                case "inflight" -> builder.inflightCountMax(Integer.parseInt(limit[1]));
                case "inflightbytes" -> builder.inflightSizeMaxBytes(Long.parseLong(limit[1]));
                case "message" -> builder.messageSizeMaxBytes(Long.parseLong(limit[1]));
                case "uncommitted" -> builder.uncommittedSizeMaxBytes(Long.parseLong(limit[1]));
                case "seed" -> builder.seed(Long.parseLong(limit[1]));
                default -> {}
            }
        }
        nodes.put(id, new TranscriptNode(builder.build(), state, options.contains("lateapply"), this::say));
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

    // --- The network

    private void settle(String[] words) {
        List<TranscriptNode> settling = words.length == 1
                ? List.copyOf(nodes.values())
                : List.of(words).subList(1, words.length).stream().map(id -> nodes.get(Long.valueOf(id))).toList();
        boolean busy = true;
        while (busy) {
            busy = !network.isEmpty();
            deliver();
            for (TranscriptNode node : settling) {
                busy |= node.isBusy();
                node.ready(network);
                node.store(Integer.MAX_VALUE, network);
                node.apply(Integer.MAX_VALUE);
            }
        }
    }

    private void deliver() {
        List<Message> arriving = List.copyOf(network);
        network.clear();
        for (Message message : arriving) {
            TranscriptNode from = nodes.get(message.from());
            TranscriptNode to = nodes.get(message.to());
            boolean lost = cut.contains(message.from()) || cut.contains(message.to()) || !to.isUp();
            say(message.from() + ">" + message.to() + " " + TranscriptText.of(message) + (lost ? " (lost)" : ""));
            if (!lost) {
                to.node().step(message);
            }
            if (message instanceof Message.InstallSnapshot && from.isUp()) {
                from.node().onSnapshotSent(message.to(), !lost);
            }
        }
    }
}
