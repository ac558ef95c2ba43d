package io.kvorum.torture.history;

/**
 * One call of one client. Times are of one monotonic clock ({@code System.nanoTime}) for the whole history.
 *
 * @param id its place in {@link History#operations}
 * @param member that was asked; empty when the client does not know
 * @param connection of one client to one member, another one after every reconnection; 0 when the client does not know
 * @param invoked before the first byte was sent
 * @param completed after the answer was read; of an unknown fate, when the client gave up
 */
public record Operation(
        int id, int client, String member, int connection, long invoked, long completed, Call call, Fate fate) {
    public Operation {
        if (fate instanceof Reply reply && !call.answeredBy(reply)) {
            throw new IllegalArgumentException(call + " is not answered by " + reply);
        }
        if (completed < invoked) {
            throw new IllegalArgumentException(call + " completed before it was invoked");
        }
    }

    public Operation ended(long at, Fate with) {
        return new Operation(id, client, member, connection, invoked, at, call, with);
    }

    public boolean ok() {
        return fate instanceof Reply;
    }

    @Override
    public String toString() {
        return "client " + client + ": " + call + " -> " + fate;
    }
}
