package io.kvorum.bus.cluster;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What rosters say to each other: lines of text, the kind, the cluster, the sender's node id, and for a list the node ids
 * of the callers.
 */
record RosterMessage(Kind kind, String cluster, BusNode sender, List<BusNode> nodes) {
    enum Kind {
        /** Write me down, and send me the list. */
        CALL,
        /** Who calls at the sender: an answer, or news. */
        LIST,
        /** Are you there? Then send me something. */
        CHECK,
        /** The sender ends. */
        LEAVE
    }

    private static final int FIXED_LINES = 3;

    static Buffer call(String cluster, BusNode self) {
        return write(Kind.CALL, cluster, self, List.of());
    }

    static Buffer list(String cluster, BusNode self, List<BusNode> callers) {
        return write(Kind.LIST, cluster, self, callers);
    }

    static Buffer check(String cluster, BusNode self) {
        return write(Kind.CHECK, cluster, self, List.of());
    }

    static Buffer leave(String cluster, BusNode self) {
        return write(Kind.LEAVE, cluster, self, List.of());
    }

    private static Buffer write(Kind kind, String cluster, BusNode sender, List<BusNode> nodes) {
        StringBuilder out = new StringBuilder()
                .append(kind)
                .append('\n')
                .append(cluster)
                .append('\n')
                .append(sender.id());
        nodes.forEach(node -> out.append('\n').append(node.id()));
        return Buffer.buffer(out.toString());
    }

    /** Fails with {@link IllegalArgumentException} when the text is not of this form. */
    static RosterMessage read(Buffer message) {
        String text = message.toString();
        List<String> lines = new ArrayList<>();
        for (int at = 0; at <= text.length(); ) {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end;
            lines.add(text.substring(at, end));
            at = end + 1;
        }
        if (lines.size() < FIXED_LINES) {
            throw new IllegalArgumentException("too short: " + text);
        }
        List<BusNode> nodes = new ArrayList<>();
        for (String id : lines.subList(FIXED_LINES, lines.size())) {
            nodes.add(BusNode.parse(id));
        }
        return new RosterMessage(Kind.valueOf(lines.get(0)), lines.get(1), BusNode.parse(lines.get(2)), nodes);
    }
}
