package io.kvorum.store.etcd.parity;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;

/**
 * One call of a conversation.
 *
 * @param stream which watch stream it concerns; 0 where it concerns none
 */
record Step(Verb verb, int stream, Message request) {
    static Step of(Verb verb, Message request) {
        return new Step(verb, 0, request);
    }

    /** The line that {@link #toString} made. */
    static Step parse(String line) {
        String[] words = line.split(" ", 3);
        Verb verb = Verb.valueOf(words[0]);
        Message.Builder request = verb.request().newBuilderForType();
        try {
            TextFormat.merge(words.length < 3 ? "" : words[2], request);
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(line, e);
        }
        return new Step(verb, Integer.parseInt(words[1]), request.build());
    }

    static String text(Message message) {
        return TextFormat.printer().emittingSingleLine(true).printToString(message);
    }

    @Override
    public String toString() {
        return verb + " " + stream + " " + text(request);
    }
}
