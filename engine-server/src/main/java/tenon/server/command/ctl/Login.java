package tenon.server.command.ctl;

import tenon.server.command.Console;

/// As whom a command talks to a node.
///
/// @param user null for nobody
record Login(String user, String password) {
    private static final Login NOBODY = new Login(null, null);

    /// As the flags say: `--user=name:password`, or `--user=name` and `--password`, or a prompt for it.
    static Login of(CtlCommand ctl, Console console) {
        if (ctl.user == null || ctl.user.isEmpty()) {
            return NOBODY;
        }
        if (ctl.password != null && !ctl.password.isEmpty()) {
            return new Login(ctl.user, ctl.password);
        }
        int colon = ctl.user.indexOf(':');
        if (colon >= 0) {
            return new Login(ctl.user.substring(0, colon), ctl.user.substring(colon + 1));
        }
        // Once for all nodes.
        ctl.password = new PasswordPrompt(console).ask("Password: ");
        return new Login(ctl.user, ctl.password);
    }

    /// @throws tenon.server.command.CommandException if the node refuses
    void on(Connection connection) {
        if (user != null) {
            connection.logIn(user, password);
        }
    }
}
