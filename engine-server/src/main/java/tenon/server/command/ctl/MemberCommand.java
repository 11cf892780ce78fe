package tenon.server.command.ctl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.server.command.CommandException;
import tenon.server.command.Group;
import tenon.server.membership.PeerUrls;
import tenon.server.rpc.MemberAddRequest;
import tenon.server.rpc.MemberAddResponse;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.MemberPromoteRequest;
import tenon.server.rpc.MemberRemoveRequest;
import tenon.server.rpc.MemberUpdateRequest;

@Command(
        name = "member",
        description = "See and change the members of the cluster.",
        subcommands = {
            MemberCommand.AddCommand.class,
            MemberCommand.RemoveCommand.class,
            MemberCommand.UpdateCommand.class,
            MemberCommand.PromoteCommand.class,
            MemberCommand.ListCommand.class
        })
final class MemberCommand extends Group {
    @Command(name = "list", description = "Print all members.")
    static final class ListCommand extends CtlAction {
        @Option(names = "--consistency", defaultValue = "l", description = "l: linearizable, s: serializable.")
        String consistency = "l";

        @Override
        protected void run() {
            Printer printer = printer();
            var request = MemberListRequest.newBuilder()
                    .setLinearizable(!isSerializable(consistency))
                    .build();
            printer.members(ask(connection -> connection.cluster().memberList(request)));
        }
    }

    @Command(name = "add", description = "Add a member, which is started then, and print how.")
    static final class AddCommand extends CtlAction {
        @Parameters(arity = "0..*", paramLabel = "NAME", description = "What it will be called.")
        List<String> arguments = new ArrayList<>();

        @Option(names = "--peer-urls", paramLabel = "URL,...", description = "Where other members will reach it.")
        String peerUrls = "";

        @Option(names = "--learner", description = "It gets everything, and has no vote until it is promoted.")
        boolean isLearner;

        @Override
        protected void run() {
            Printer printer = printer();
            String name = name();
            var request = MemberAddRequest.newBuilder()
                    .addAllPeerURLs(urls(peerUrls))
                    .setIsLearner(isLearner)
                    .build();
            MemberAddResponse added = ask(connection -> connection.cluster().memberAdd(request));
            printer.memberAdded(
                    "Member " + hex(added.getMember().getID()) + " added to cluster "
                            + hex(added.getHeader().getClusterId()),
                    settings(name, added),
                    added);
        }

        private String name() {
            if (arguments.isEmpty()) {
                throw badArguments("member name not provided");
            }
            if (arguments.size() > 1) {
                String hints = arguments.stream()
                        .filter(argument -> argument.toLowerCase(Locale.ROOT).startsWith("http"))
                        .map(url -> ", did you mean --peer-urls=" + url)
                        .collect(Collectors.joining());
                throw badArguments("too many arguments" + hints);
            }
            return arguments.getFirst();
        }

        /// What the new member is to be started with, as variables of its environment.
        private List<String> settings(String name, MemberAddResponse added) {
            String cluster = added.getMembersList().stream()
                    .flatMap(member -> member.getPeerURLsList().stream()
                            .map(url -> (member.getID() == added.getMember().getID() ? name : member.getName()) + "="
                                    + url))
                    .collect(Collectors.joining(","));
            return List.of(
                    "ETCD_NAME=" + GoText.quote(name),
                    "ETCD_INITIAL_CLUSTER=" + GoText.quote(cluster),
                    "ETCD_INITIAL_ADVERTISE_PEER_URLS=" + GoText.quote(peerUrls),
                    "ETCD_INITIAL_CLUSTER_STATE=\"existing\"");
        }
    }

    /// A command about one member.
    private abstract static class MemberAction extends CtlAction {
        @Parameters(arity = "0..*", paramLabel = "ID", description = "The member's id, in hexadecimal.")
        List<String> arguments = new ArrayList<>();

        final long memberId() {
            if (arguments.size() != 1) {
                throw badArguments("member ID is not provided");
            }
            String text = arguments.getFirst();
            if (!text.matches("[0-9a-fA-F]+")) {
                throw badId(text, "invalid syntax");
            }
            try {
                return Long.parseUnsignedLong(text, 16);
            } catch (NumberFormatException e) {
                throw badId(text, "value out of range");
            }
        }

        private static CommandException badId(String text, String problem) {
            return badArguments("bad member ID arg (strconv.ParseUint: parsing " + GoText.quote(text) + ": " + problem
                    + "), expecting ID in Hex");
        }
    }

    @Command(name = "remove", description = "Remove a member for ever.")
    static final class RemoveCommand extends MemberAction {
        @Override
        protected void run() {
            Printer printer = printer();
            var request = MemberRemoveRequest.newBuilder().setID(memberId()).build();
            var removed = ask(connection -> connection.cluster().memberRemove(request));
            printer.done(
                    "Member " + hex(request.getID()) + " removed from cluster "
                            + hex(removed.getHeader().getClusterId()),
                    removed);
        }
    }

    @Command(name = "update", description = "Change where other members reach a member.")
    static final class UpdateCommand extends MemberAction {
        @Option(names = "--peer-urls", paramLabel = "URL,...", description = "In place of all that it had.")
        String peerUrls = "";

        @Override
        protected void run() {
            Printer printer = printer();
            var request = MemberUpdateRequest.newBuilder()
                    .setID(memberId())
                    .addAllPeerURLs(urls(peerUrls))
                    .build();
            var updated = ask(connection -> connection.cluster().memberUpdate(request));
            printer.done(
                    "Member " + hex(request.getID()) + " updated in cluster "
                            + hex(updated.getHeader().getClusterId()),
                    updated);
        }
    }

    @Command(name = "promote", description = "Give a learner a vote.")
    static final class PromoteCommand extends MemberAction {
        @Override
        protected void run() {
            Printer printer = printer();
            var request = MemberPromoteRequest.newBuilder().setID(memberId()).build();
            var promoted = ask(connection -> connection.cluster().memberPromote(request));
            printer.done(
                    "Member " + hex(request.getID()) + " promoted in cluster "
                            + hex(promoted.getHeader().getClusterId()),
                    promoted);
        }
    }

    /// @throws CommandException if there is none, or one is malformed
    private static List<String> urls(String text) {
        if (text.isEmpty()) {
            throw CtlAction.badArguments("member peer urls not provided");
        }
        List<String> urls = Arrays.asList(text.split(",", -1));
        try {
            PeerUrls.check(urls);
        } catch (PeerUrls.MalformedException e) {
            throw CommandException.failed(e.getMessage());
        }
        return urls;
    }

    /// As wide as ids are.
    private static String hex(long id) {
        return String.format("%16s", Long.toHexString(id));
    }
}
