package io.kvorum.torture.history;

import java.util.List;

/**
 * One watch on one connection. A watcher that was cut off goes on with another stream.
 *
 * @param id its place in {@link History#streams}
 * @param watcher whose stream it is
 * @param request of this stream: its start revision is where the watcher went on
 * @param frames in the order they came
 */
public record WatchStream(
        int id,
        int watcher,
        int client,
        String member,
        int connection,
        long opened,
        WatchRequest request,
        List<Frame> frames) {
    public WatchStream {
        frames = List.copyOf(frames);
    }

    /** Whether it was neither cancelled nor lost when recording ended. */
    public boolean open() {
        return frames.isEmpty()
                || !(frames.get(frames.size() - 1) instanceof Frame.Lost
                        || frames.get(frames.size() - 1) instanceof Frame.Cancelled);
    }
}
