package tenon.server.command.ctl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.server.command.ArgumentBytes;
import tenon.server.command.Group;
import tenon.server.rpc.AuthRoleAddRequest;
import tenon.server.rpc.AuthRoleDeleteRequest;
import tenon.server.rpc.AuthRoleGetRequest;
import tenon.server.rpc.AuthRoleGrantPermissionRequest;
import tenon.server.rpc.AuthRoleListRequest;
import tenon.server.rpc.AuthRoleRevokePermissionRequest;
import tenon.server.rpc.Permission;

@Command(
        name = "role",
        description = "See and change roles.",
        subcommands = {
            RoleCommand.AddCommand.class,
            RoleCommand.DeleteCommand.class,
            RoleCommand.GetCommand.class,
            RoleCommand.ListCommand.class,
            RoleCommand.GrantPermissionCommand.class,
            RoleCommand.RevokePermissionCommand.class
        })
final class RoleCommand extends Group {
    /// A command about one role.
    private abstract static class RoleAction extends CtlAction {
        @Parameters(arity = "0..*", paramLabel = "NAME", description = "The role.")
        List<String> arguments = new ArrayList<>();

        /// The one argument.
        final String role(String command) {
            if (arguments.size() != 1) {
                throw badArguments("role " + command + " command requires role name as its argument");
            }
            return arguments.getFirst();
        }
    }

    /// A command about a permission of a role.
    private abstract static class PermissionAction extends CtlAction {
        @Option(names = "--prefix", description = "All keys that begin with KEY.")
        boolean isPrefix;

        @Option(names = "--from-key", description = "All keys from KEY on.")
        boolean isFromKey;

        final KeySpan keys(List<String> arguments) {
            return KeySpan.of(arguments, isPrefix, isFromKey);
        }
    }

    @Command(name = "add", description = "Add a role, which permits nothing yet.")
    static final class AddCommand extends RoleAction {
        @Override
        protected void run() {
            Printer printer = printer();
            String name = role("add");
            var request = AuthRoleAddRequest.newBuilder().setName(name).build();
            printer.done("Role " + name + " created", ask(connection -> connection.auth().roleAdd(request)));
        }
    }

    @Command(name = "delete", description = "Delete a role, and take it from all users.")
    static final class DeleteCommand extends RoleAction {
        @Override
        protected void run() {
            Printer printer = printer();
            String name = role("delete");
            var request = AuthRoleDeleteRequest.newBuilder().setRole(name).build();
            printer.done("Role " + name + " deleted", ask(connection -> connection.auth().roleDelete(request)));
        }
    }

    @Command(name = "get", description = "Print what a role permits.")
    static final class GetCommand extends RoleAction {
        @Override
        protected void run() {
            Printer printer = printer();
            String name = role("get");
            var request = AuthRoleGetRequest.newBuilder().setRole(name).build();
            printer.roleGet(name, ask(connection -> connection.auth().roleGet(request)));
        }
    }

    @Command(name = "list", description = "Print all roles.")
    static final class ListCommand extends CtlAction {
        @Override
        protected void run() {
            Printer printer = printer();
            var roles = ask(connection -> connection.auth().roleList(AuthRoleListRequest.getDefaultInstance()));
            printer.names(roles.getRolesList(), roles);
        }
    }

    @Command(name = "grant-permission", description = "Permit a role to read, write or readwrite keys.")
    static final class GrantPermissionCommand extends PermissionAction {
        @Parameters(
                arity = "0..*",
                paramLabel = "NAME TYPE KEY [END-KEY]",
                description = "The role; read, write or readwrite; the first key, and the first that is not meant.")
        List<String> arguments = new ArrayList<>();

        @Override
        protected void run() {
            Printer printer = printer();
            if (arguments.size() < 3 || arguments.size() > 4) {
                throw badArguments("role grant command requires role name, permission type, and key [endkey] as its argument");
            }
            String role = arguments.getFirst();
            Permission.Type type = type(arguments.get(1));
            KeySpan keys = keys(arguments.subList(2, arguments.size()));
            var request = AuthRoleGrantPermissionRequest.newBuilder()
                    .setName(role)
                    .setPerm(Permission.newBuilder()
                            .setPermType(type)
                            .setKey(keys.key())
                            .setRangeEnd(keys.end()))
                    .build();
            printer.done(
                    "Role " + role + " updated", ask(connection -> connection.auth().roleGrantPermission(request)));
        }

        private static Permission.Type type(String word) {
            return switch (word.toLowerCase(Locale.ROOT)) {
                case "read" -> Permission.Type.READ;
                case "write" -> Permission.Type.WRITE;
                case "readwrite" -> Permission.Type.READWRITE;
                default -> throw badArguments("invalid permission type: " + word);
            };
        }
    }

    @Command(name = "revoke-permission", description = "Take a permission back, for the very keys that it was given for.")
    static final class RevokePermissionCommand extends PermissionAction {
        @Parameters(
                arity = "0..*",
                paramLabel = "NAME KEY [END-KEY]",
                description = "The role; the first key, and the first that is not meant.")
        List<String> arguments = new ArrayList<>();

        @Override
        protected void run() {
            Printer printer = printer();
            if (arguments.size() < 2 || arguments.size() > 3) {
                throw badArguments("role revoke-permission command requires role name and key [endkey] as its argument");
            }
            String role = arguments.getFirst();
            KeySpan keys = keys(arguments.subList(1, arguments.size()));
            var request = AuthRoleRevokePermissionRequest.newBuilder()
                    .setRole(role)
                    .setKey(keys.key())
                    .setRangeEnd(keys.end())
                    .build();
            // The key as it was written, which is an empty text for all keys.
            KeySpan written = new KeySpan(KeySpan.bytes(arguments.get(1)), keys.end());
            String what = keys.end().isEmpty()
                    ? "key " + arguments.get(1)
                    : "range " + ArgumentBytes.decode(written.range().toByteArray());
            printer.done(
                    "Permission of " + what + " is revoked from role " + role,
                    ask(connection -> connection.auth().roleRevokePermission(request)));
        }
    }
}
