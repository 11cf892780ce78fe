package tenon.server.command.ctl;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tenon.server.rpc.ResponseOp;

/// Messages as Go prints its structures in JSON: names of the fields as declared, what is zero or empty left out,
/// bytes in base 64, enums as numbers, and a field for each choice wrapped in the name of the choice.
final class GoJson {
    private GoJson() {}

    static String of(Message message) {
        var text = new StringBuilder();
        append(text, message);
        return text.toString();
    }

    private static void append(StringBuilder text, Message message) {
        if (message instanceof ResponseOp op) {
            appendChoice(text, op);
            return;
        }
        text.append('{');
        String separator = "";
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            text.append(separator).append('"').append(field.getKey().getName()).append("\":");
            appendField(text, field.getKey(), field.getValue());
            separator = ",";
        }
        text.append('}');
    }

    /// A choice prints as `{"Response":{"ResponsePut":{…}}}`.
    private static void appendChoice(StringBuilder text, ResponseOp op) {
        text.append("{\"Response\":{");
        for (Map.Entry<FieldDescriptor, Object> choice : op.getAllFields().entrySet()) {
            text.append('"');
            for (String word : choice.getKey().getName().split("_")) {
                text.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
            }
            text.append("\":");
            append(text, (Message) choice.getValue());
        }
        text.append("}}");
    }

    private static void appendField(StringBuilder text, FieldDescriptor field, Object value) {
        if (!field.isRepeated()) {
            appendValue(text, field, value);
            return;
        }
        String separator = "[";
        for (Object element : (List<?>) value) {
            text.append(separator);
            appendValue(text, field, element);
            separator = ",";
        }
        text.append(']');
    }

    private static void appendValue(StringBuilder text, FieldDescriptor field, Object value) {
        switch (value) {
            case Message message -> append(text, message);
            case ByteString bytes ->
                text.append('"')
                        .append(Base64.getEncoder().encodeToString(bytes.toByteArray()))
                        .append('"');
            case EnumValueDescriptor choice -> text.append(choice.getNumber());
            case String string -> text.append(quote(string));
            case Long number when field.getType() == FieldDescriptor.Type.UINT64 ->
                text.append(Long.toUnsignedString(number));
            case Integer number when field.getType() == FieldDescriptor.Type.UINT32 ->
                text.append(Integer.toUnsignedString(number));
            default -> text.append(value);
        }
    }

    static String quote(String string) {
        var text = new StringBuilder("\"");
        string.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '<', '>', '&' -> text.append(String.format("\\u%04x", c));
                default -> {
                    if (c < 0x20 || c == 0x2028 || c == 0x2029) {
                        text.append(String.format("\\u%04x", c));
                    } else {
                        text.appendCodePoint(c);
                    }
                }
            }
        });
        return text.append('"').toString();
    }
}
