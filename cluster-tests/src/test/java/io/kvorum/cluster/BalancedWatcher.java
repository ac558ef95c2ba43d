package io.kvorum.cluster;

import io.kvorum.testkit.collection.ClientLog;
import io.kvorum.testkit.collection.Event;
import io.kvorum.testkit.collection.Event.Type;
import io.kvorum.testkit.collection.Listing;
import io.kvorum.testkit.collection.Listing.Wanted;
import io.kvorum.testkit.collection.Operation;
import io.kvorum.testkit.collection.Page;
import io.kvorum.testkit.collection.Sighting;
import io.kvorum.testkit.collection.Watch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Watches as client-go's reflector does: lists, follows, goes on at the next server from the last version it was told, lists
 * again when that one is too old. Or has the state shown by the watch itself, now and then anew.
 */
final class BalancedWatcher {
    private static final long SILENCE_MILLIS = 2_500;
    private static final int CONNECTIONS_PER_STATE = 3;
    private static final int GONE = 410;

    private final Balanced balanced;
    private final BalancedLister lister;
    private final String configMaps;
    private final Shown shown;
    private final String client;
    private final boolean showsState;
    private final ScheduledExecutorService timers;
    private final List<Operation> done = new ArrayList<>();
    private long last;
    private int expired;

    /**
     * @param showsState whether it has the watch show the state instead of listing
     * @param timers end connections on which nothing comes
     */
    BalancedWatcher(
            Balanced balanced,
            String configMaps,
            Shown shown,
            String client,
            boolean showsState,
            ScheduledExecutorService timers) {
        this.balanced = balanced;
        this.lister = new BalancedLister(balanced, configMaps, shown, client);
        this.configMaps = configMaps;
        this.shown = shown;
        this.client = client;
        this.showsState = showsState;
        this.timers = timers;
    }

    /** How often it was told that its version is too old. */
    int expired() {
        return expired;
    }

    /** @param end the version to watch up to; 0 as long as that is not known */
    ClientLog watchUntil(LongSupplier end) throws InterruptedException {
        boolean stateWanted = showsState;
        int connections = 0;
        if (!showsState) {
            list();
        }
        while (end.getAsLong() == 0 || last < end.getAsLong()) {
            int before = expired;
            connect(stateWanted, end);
            boolean tooOld = expired > before;
            if (tooOld && !showsState) {
                list();
            }
            connections++;
            stateWanted = showsState && (last == 0 || tooOld || connections % CONNECTIONS_PER_STATE == 0);
        }
        return new ClientLog(client, done);
    }

    private void list() throws InterruptedException {
        Listing listing = lister.newest();
        done.add(listing);
        last = listing.resourceVersion();
    }

    private String query(boolean state) {
        String query = "?watch=true&allowWatchBookmarks=true&timeoutSeconds="
                + (3 + balanced.random().nextInt(6)) + shown.query();
        if (!state) {
            return query + "&resourceVersion=" + last;
        }
        return query + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                + (last == 0 ? "" : "&resourceVersion=" + last);
    }

    private void connect(boolean state, LongSupplier end) throws InterruptedException {
        Balanced.Server server = balanced.next();
        long sent = System.nanoTime();
        try {
            HttpResponse<InputStream> answer = balanced.open(Balanced.request(server, configMaps + query(state))
                    .header("Accept", shown.acceptWatch())
                    .build());
            try (InputStream body = answer.body()) {
                if (answer.statusCode() == GONE) {
                    expired++;
                } else if (answer.statusCode() == 200) {
                    new Connection(server, state, sent, body).read(end);
                } else {
                    BalancedLister.refuse(answer);
                    balanced.failed();
                }
            }
        } catch (IOException e) {
            // its server is gone or silent: the next one goes on
            balanced.failed();
        }
    }

    /** One answer: the state if it was asked for, then events. */
    private final class Connection {
        private final Balanced.Server server;
        private final long sent;
        private final InputStream body;
        private final List<Sighting> state = new ArrayList<>();
        private final List<Event> events = new ArrayList<>();
        private boolean showingState;
        private long from = last;
        private volatile long heardNanos = System.nanoTime();

        Connection(Balanced.Server server, boolean showsState, long sent, InputStream body) {
            this.server = server;
            this.showingState = showsState;
            this.sent = sent;
            this.body = body;
        }

        void read(LongSupplier end) throws IOException {
            ScheduledFuture<?> silence =
                    timers.scheduleAtFixedRate(this::endIfSilent, SILENCE_MILLIS, 250, TimeUnit.MILLISECONDS);
            try {
                boolean more = true;
                while (more && (end.getAsLong() == 0 || last < end.getAsLong())) {
                    Shown.Frame frame = shown.frame(body);
                    heardNanos = System.nanoTime();
                    more = take(frame);
                }
            } finally {
                silence.cancel(false);
                if (!showingState) {
                    done.add(new Watch(server.name(), from, events));
                }
            }
        }

        /** Whether more follows. */
        private boolean take(Shown.Frame frame) {
            if (frame.type().isEmpty()) {
                return false;
            }
            balanced.succeeded();
            if (frame.type().equals("ERROR")) {
                if (frame.code() != GONE) {
                    throw new AssertionError(client + " was told of an error " + frame.code());
                }
                expired++;
                return false;
            }
            if (showingState) {
                if (frame.initialEnd()) {
                    stateIsShown(frame.object().resourceVersion());
                } else if (frame.showsObject()) {
                    state.add(frame.object());
                }
                return true;
            }
            if (frame.type().equals("BOOKMARK")) {
                events.add(Event.bookmark(frame.object().resourceVersion()));
            } else if (frame.showsObject()) {
                events.add(new Event(Type.valueOf(frame.type()), frame.object()));
            }
            last = frame.object().resourceVersion();
            return true;
        }

        /** What came so far is a list, in whatever order it came. */
        private void stateIsShown(long version) {
            state.sort(Comparator.comparing(Sighting::name));
            Wanted wanted = last == 0 ? Wanted.NEWEST : Wanted.NOT_OLDER_THAN;
            Page page = new Page(server.name(), version, List.copyOf(state));
            done.add(new Listing(wanted, last, List.of(page), true, sent, System.nanoTime()));
            showingState = false;
            from = version;
            last = version;
        }

        private void endIfSilent() {
            if (System.nanoTime() - heardNanos > TimeUnit.MILLISECONDS.toNanos(SILENCE_MILLIS)) {
                try {
                    body.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
