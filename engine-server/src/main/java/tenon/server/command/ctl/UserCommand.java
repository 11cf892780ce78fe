package tenon.server.command.ctl;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tenon.server.command.CommandException;
import tenon.server.command.Group;
import tenon.server.rpc.AuthRoleGetRequest;
import tenon.server.rpc.AuthRoleGetResponse;
import tenon.server.rpc.AuthUserAddRequest;
import tenon.server.rpc.AuthUserChangePasswordRequest;
import tenon.server.rpc.AuthUserDeleteRequest;
import tenon.server.rpc.AuthUserGetRequest;
import tenon.server.rpc.AuthUserGrantRoleRequest;
import tenon.server.rpc.AuthUserListRequest;
import tenon.server.rpc.AuthUserRevokeRoleRequest;

@Command(
        name = "user",
        description = "See and change users.",
        subcommands = {
            UserCommand.AddCommand.class,
            UserCommand.DeleteCommand.class,
            UserCommand.GetCommand.class,
            UserCommand.ListCommand.class,
            UserCommand.PasswdCommand.class,
            UserCommand.GrantRoleCommand.class,
            UserCommand.RevokeRoleCommand.class
        })
final class UserCommand extends Group {
    /// A command about one user.
    private abstract static class UserAction extends CtlAction {
        @Parameters(arity = "0..*", paramLabel = "NAME", description = "The user.")
        List<String> arguments = new ArrayList<>();

        /// The one argument.
        final String user(String command) {
            if (arguments.size() != 1) {
                throw badArguments("user " + command + " command requires user name as its argument");
            }
            return arguments.getFirst();
        }
    }

    /// A command about a user and a role.
    private abstract static class RoleOfUserAction extends CtlAction {
        @Parameters(arity = "0..*", paramLabel = "NAME ROLE", description = "The user and the role.")
        List<String> arguments = new ArrayList<>();

        final void checkArguments(String command) {
            if (arguments.size() != 2) {
                throw badArguments("user " + command + " command requires user name and role name as its argument");
            }
        }
    }

    @Command(name = "add", description = "Add a user: NAME, or NAME:PASSWORD.")
    static final class AddCommand extends UserAction {
        @Option(names = "--interactive", negatable = true, defaultValue = "true", fallbackValue = "true",
                description = "Ask twice for the password; else one line of standard input is it.")
        boolean interactive;

        @Option(names = "--new-user-password", defaultValue = "", description = "The password.")
        String newPassword;

        @Option(names = "--no-password", description = "A user that cannot log in with a password.")
        boolean noPassword;

        @Override
        protected void run() {
            Printer printer = printer();
            String argument = user("add");
            int colon = argument.indexOf(':');
            boolean isPair = !noPassword && newPassword.isEmpty() && colon >= 0;
            String name = isPair ? argument.substring(0, colon) : argument;
            if (name.isEmpty()) {
                throw badArguments("empty user name is not allowed");
            }
            var request = AuthUserAddRequest.newBuilder().setName(name);
            request.getOptionsBuilder().setNoPassword(noPassword);
            if (!noPassword) {
                request.setPassword(isPair ? argument.substring(colon + 1) : password(name));
            }
            printer.done("User " + name + " created", ask(connection -> connection.auth().userAdd(request.build())));
        }

        private String password(String name) {
            if (!newPassword.isEmpty()) {
                return newPassword;
            }
            var prompt = new PasswordPrompt(console());
            return interactive ? prompt.askForNew(name) : prompt.readLine();
        }
    }

    @Command(name = "delete", description = "Delete a user.")
    static final class DeleteCommand extends UserAction {
        @Override
        protected void run() {
            Printer printer = printer();
            String name = user("delete");
            var request = AuthUserDeleteRequest.newBuilder().setName(name).build();
            printer.done("User " + name + " deleted", ask(connection -> connection.auth().userDelete(request)));
        }
    }

    @Command(name = "get", description = "Print the roles of a user.")
    static final class GetCommand extends UserAction {
        @Option(names = "--detail", description = "Print what the roles permit, too.")
        boolean detail;

        @Override
        protected void run() {
            Printer printer = printer();
            String name = user("get");
            var request = AuthUserGetRequest.newBuilder().setName(name).build();
            var user = ask(connection -> connection.auth().userGet(request));
            if (!detail) {
                printer.userGet(name, user);
                return;
            }
            console().out().println("User: " + name);
            for (String role : user.getRolesList()) {
                console().out().println();
                printer.roleGet(role, roleOf(role));
            }
        }

        private AuthRoleGetResponse roleOf(String role) {
            var request = AuthRoleGetRequest.newBuilder().setRole(role).build();
            return ask(connection -> connection.auth().roleGet(request));
        }
    }

    @Command(name = "list", description = "Print all users.")
    static final class ListCommand extends CtlAction {
        @Override
        protected void run() {
            Printer printer = printer();
            var users = ask(connection -> connection.auth().userList(AuthUserListRequest.getDefaultInstance()));
            printer.names(users.getUsersList(), users);
        }
    }

    @Command(name = "passwd", description = "Change the password of a user.")
    static final class PasswdCommand extends UserAction {
        @Option(names = "--interactive", negatable = true, defaultValue = "true", fallbackValue = "true",
                description = "Ask twice for the password; else one line of standard input is it.")
        boolean interactive;

        @Override
        protected void run() {
            Printer printer = printer();
            String name = user("passwd");
            var prompt = new PasswordPrompt(console());
            String password = interactive ? prompt.askForNew(name) : prompt.readLine();
            if (password.isEmpty()) {
                throw CommandException.failed("empty password");
            }
            var request = AuthUserChangePasswordRequest.newBuilder()
                    .setName(name)
                    .setPassword(password)
                    .build();
            printer.done("Password updated", ask(connection -> connection.auth().userChangePassword(request)));
        }
    }

    @Command(name = "grant-role", description = "Give a role to a user.")
    static final class GrantRoleCommand extends RoleOfUserAction {
        @Override
        protected void run() {
            Printer printer = printer();
            checkArguments("grant");
            String user = arguments.get(0);
            String role = arguments.get(1);
            var request = AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role).build();
            printer.done(
                    "Role " + role + " is granted to user " + user,
                    ask(connection -> connection.auth().userGrantRole(request)));
        }
    }

    @Command(name = "revoke-role", description = "Take a role from a user.")
    static final class RevokeRoleCommand extends RoleOfUserAction {
        @Override
        protected void run() {
            Printer printer = printer();
            checkArguments("revoke-role");
            String user = arguments.get(0);
            String role = arguments.get(1);
            var request = AuthUserRevokeRoleRequest.newBuilder().setName(user).setRole(role).build();
            printer.done(
                    "Role " + role + " is revoked from user " + user,
                    ask(connection -> connection.auth().userRevokeRole(request)));
        }
    }
}
