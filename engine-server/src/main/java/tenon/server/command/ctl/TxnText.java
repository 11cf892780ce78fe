package tenon.server.command.ctl;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import tenon.server.command.CommandException;
import tenon.server.command.ExitCode;
import tenon.server.rpc.Compare;
import tenon.server.rpc.Compare.CompareResult;
import tenon.server.rpc.Compare.CompareTarget;
import tenon.server.rpc.RequestOp;

/// The lines that make up a transaction.
final class TxnText {
    private static final String QUOTED = "\"(?:[^\"\\\\]|\\\\.)*\"";
    private static final Pattern COMPARE =
            Pattern.compile("\\s*(\\w+)\\s*\\(\\s*(" + QUOTED + ")\\s*\\)\\s*(\\S+?)\\s*(" + QUOTED + ")\\s*");
    private static final Pattern WORD = Pattern.compile(QUOTED + "|'[^']*'|[^'\"\\s]\\S*");

    private TxnText() {}

    /// Reads a comparison, `mod("key") > "0"`.
    ///
    /// @throws CommandException if it is none
    static Compare compare(String line) {
        Matcher parts = COMPARE.matcher(line);
        if (!parts.matches()) {
            throw badInput(
                    line.contains("(") ? "malformed comparison: " + line : "invalid txn compare request: " + line);
        }
        var compare = Compare.newBuilder().setResult(result(parts.group(3), line));
        try {
            compare.setKey(KeySpan.bytes(GoText.unquote(parts.group(2))));
            setOperand(compare, parts.group(1), GoText.unquote(parts.group(4)), line);
        } catch (NumberFormatException e) {
            throw badInput("invalid txn compare request: " + line);
        } catch (IllegalArgumentException e) {
            throw badInput("malformed comparison: " + line + " (" + e.getMessage() + ")");
        }
        return compare.build();
    }

    private static CompareResult result(String operator, String line) {
        return switch (operator) {
            case "=" -> CompareResult.EQUAL;
            case "!=" -> CompareResult.NOT_EQUAL;
            case ">" -> CompareResult.GREATER;
            case "<" -> CompareResult.LESS;
            default -> throw badInput("malformed comparison: " + line + " (unknown operator " + operator + ")");
        };
    }

    private static void setOperand(Compare.Builder compare, String target, String operand, String line) {
        switch (target) {
            case "ver", "version" -> compare.setTarget(CompareTarget.VERSION).setVersion(Long.parseLong(operand));
            case "c", "create" ->
                compare.setTarget(CompareTarget.CREATE).setCreateRevision(Long.parseLong(operand));
            case "m", "mod" -> compare.setTarget(CompareTarget.MOD).setModRevision(Long.parseLong(operand));
            case "val", "value" -> compare.setTarget(CompareTarget.VALUE).setValue(KeySpan.bytes(operand));
            case "lease" -> compare.setTarget(CompareTarget.LEASE).setLease(Long.parseLong(operand, 16));
            default -> throw badInput("malformed comparison: " + line + " (unknown target " + target + ")");
        }
    }

    /// Reads a request: `put`, `get` or `del` with the arguments and flags of these commands.
    ///
    /// @throws CommandException if it is none
    static RequestOp request(String line) {
        List<String> words = words(line);
        String[] arguments = words.subList(1, words.size()).toArray(String[]::new);
        var op = RequestOp.newBuilder();
        try {
            switch (words.getFirst()) {
                case "put" -> op.setRequestPut(parse(new PutCommand(), arguments).request(null));
                case "get" -> op.setRequestRange(parse(new GetCommand(), arguments).request());
                case "del" -> op.setRequestDeleteRange(parse(new DelCommand(), arguments).request());
                default -> throw badInput("invalid txn request: " + line);
            }
        } catch (ParameterException e) {
            throw badInput("invalid txn request: " + line + " (" + e.getMessage() + ")");
        }
        return op.build();
    }

    private static <C> C parse(C command, String[] arguments) {
        new CommandLine(command).setExpandAtFiles(false).parseArgs(CtlCommand.plainFlags(arguments));
        return command;
    }

    private static List<String> words(String line) {
        var words = new ArrayList<String>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            String word = matcher.group();
            if (word.startsWith("\"")) {
                words.add(unquoteWord(word, line));
            } else if (word.startsWith("'")) {
                words.add(word.substring(1, word.length() - 1));
            } else {
                words.add(word);
            }
        }
        if (words.isEmpty()) {
            throw badInput("invalid txn request: " + line);
        }
        return words;
    }

    private static String unquoteWord(String word, String line) {
        try {
            return GoText.unquote(word);
        } catch (IllegalArgumentException e) {
            throw badInput("invalid txn request: " + line + " (" + e.getMessage() + ")");
        }
    }

    private static CommandException badInput(String message) {
        return new CommandException(ExitCode.BAD_INPUT, message);
    }
}
