package io.kvorum.kubelet.streaming;

import org.jspecify.annotations.Nullable;

/**
 * What a client gave a command: null for what it did not ask for.
 *
 * @param error where the outcome goes
 * @param resize sizes of the client's terminal, JSON objects {@code {"Width":80,"Height":24}} one after the other
 * @param statusInJson whether the outcome is a Status, instead of a text that is empty for success
 * @param wire below all of them
 * @param close ends the session after what is written
 */
record CommandStreams(
        @Nullable InboundQueue stdin,
        @Nullable Outbound stdout,
        @Nullable Outbound stderr,
        Outbound error,
        @Nullable InboundQueue resize,
        boolean statusInJson,
        Wire wire,
        Runnable close) {

    /** What a request asked for. */
    record Wanted(boolean stdin, boolean stdout, boolean stderr, boolean tty) {
        boolean nothing() {
            return !stdin && !stdout && !stderr;
        }

        /** With a terminal there is one output. */
        boolean separateStderr() {
            return stderr && !tty;
        }
    }

    /** The channels of a WebSocket: 0 stdin, 1 stdout, 2 stderr, 3 error, 4 resize. */
    static CommandStreams of(ChannelSession session, Wire wire, SubProtocol protocol, Wanted wanted) {
        for (int number = 0; number < 5; number++) {
            boolean read = number == 0 && wanted.stdin() || number == 4 && wanted.tty();
            if (!read) {
                session.channel(number).in().discard();
            }
        }
        session.greet(wanted.stdout() ? 1 : wanted.separateStderr() ? 2 : 3);
        return new CommandStreams(
                wanted.stdin() ? session.channel(0).in() : null,
                wanted.stdout() ? session.channel(1).out() : null,
                wanted.separateStderr() ? session.channel(2).out() : null,
                session.channel(3).out(),
                wanted.tty() ? session.channel(4).in() : null,
                protocol.statusInJson(),
                wire,
                session::close);
    }
}
