package tenon.server.command.ctl;

import io.grpc.StatusRuntimeException;
import picocli.CommandLine.Command;
import tenon.server.command.Group;
import tenon.server.error.EtcdError;
import tenon.server.rpc.AuthDisableRequest;
import tenon.server.rpc.AuthEnableRequest;
import tenon.server.rpc.AuthEnableResponse;
import tenon.server.rpc.AuthRoleAddRequest;
import tenon.server.rpc.AuthStatusRequest;
import tenon.server.rpc.AuthUserGrantRoleRequest;

@Command(
        name = "auth",
        description = "Switch authentication on and off.",
        subcommands = {
            AuthCommand.EnableCommand.class,
            AuthCommand.DisableCommand.class,
            AuthCommand.StatusCommand.class
        })
final class AuthCommand extends Group {
    private static final String ROOT = "root";

    @Command(name = "enable", description = "Ask for a token from now on. The user root gets the role root if it has not.")
    static final class EnableCommand extends CtlAction {
        @Override
        protected void run() {
            ask(EnableCommand::enable);
            console().out().println("Authentication Enabled");
        }

        private static AuthEnableResponse enable(Connection connection) {
            var request = AuthEnableRequest.getDefaultInstance();
            try {
                return connection.auth().authEnable(request);
            } catch (StatusRuntimeException e) {
                if (!EtcdError.ROOT_ROLE_NOT_EXIST.text().equals(e.getStatus().getDescription())) {
                    throw e;
                }
            }
            connection.auth().roleAdd(AuthRoleAddRequest.newBuilder().setName(ROOT).build());
            connection.auth().userGrantRole(
                            AuthUserGrantRoleRequest.newBuilder().setUser(ROOT).setRole(ROOT).build());
            return connection.auth().authEnable(request);
        }
    }

    @Command(name = "disable", description = "Let everyone do everything.")
    static final class DisableCommand extends CtlAction {
        @Override
        protected void run() {
            var request = AuthDisableRequest.getDefaultInstance();
            ask(connection -> connection.auth().authDisable(request));
            console().out().println("Authentication Disabled");
        }
    }

    @Command(name = "status", description = "Print whether a token is asked for.")
    static final class StatusCommand extends CtlAction {
        @Override
        protected void run() {
            Printer printer = printer();
            var request = AuthStatusRequest.getDefaultInstance();
            printer.authStatus(ask(connection -> connection.auth().authStatus(request)));
        }
    }
}
