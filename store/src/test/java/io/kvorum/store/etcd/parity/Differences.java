package io.kvorum.store.etcd.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What was answered otherwise than expected in one conversation. */
final class Differences {
    private static final int MOST = 20;

    private final String conversation;
    private final List<String> found = new ArrayList<>();
    private int calls;

    Differences(String conversation) {
        this.conversation = conversation;
    }

    void compare(Step step, String expected, String answer) {
        calls++;
        if (!answer.equals(expected) && found.size() < MOST) {
            found.add("call " + calls + " " + step + "\nexpected: " + expected + "\nanswered: " + answer);
        }
    }

    static void assertNone(List<Differences> conversations) {
        String all = conversations.stream()
                .filter(one -> !one.found.isEmpty())
                .map(one -> one.conversation + ", " + one.calls + " calls\n" + String.join("\n\n", one.found))
                .collect(Collectors.joining("\n\n"));
        if (!all.isEmpty()) {
            throw new AssertionError(all);
        }
    }
}
