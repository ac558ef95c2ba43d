package io.kvorum.torture.load;

import io.grpc.StatusRuntimeException;
import io.kvorum.etcd.api.StatusResponse;
import io.kvorum.torture.history.Election;
import io.kvorum.torture.history.HistoryWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Asks the members who leads, and records when it is another one. */
final class Elections implements Runnable {
    private static final Duration DEADLINE = Duration.ofMillis(500);
    private static final long PAUSE_MILLIS = 200;

    private final List<Endpoint> endpoints;
    private final HistoryWriter history;
    private final BooleanSupplier goesOn;
    private final Map<Long, String> names = new HashMap<>();
    private final Map<Endpoint, MemberConnection> connections = new HashMap<>();
    private volatile String leader = "";
    private long term;

    Elections(List<Endpoint> endpoints, HistoryWriter history, BooleanSupplier goesOn) {
        this.endpoints = endpoints;
        this.history = history;
        this.goesOn = goesOn;
    }

    /** The leader as far as is known; empty when nobody knows one. */
    String leader() {
        return leader;
    }

    @Override
    public void run() {
        try {
            while (goesOn.getAsBoolean()) {
                for (Endpoint endpoint : endpoints) {
                    ask(endpoint);
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("elections cannot be recorded", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.values().forEach(MemberConnection::close);
        }
    }

    private void ask(Endpoint endpoint) throws IOException {
        try {
            StatusResponse status = connections
                    .computeIfAbsent(endpoint, to -> new MemberConnection(to, DEADLINE))
                    .status();
            names.put(status.getHeader().getMemberId(), endpoint.member());
            long seenTerm = status.getRaftTerm();
            String name = names.get(status.getLeader());
            if (status.getLeader() != 0 && name != null && seenTerm > term) {
                term = seenTerm;
                leader = name;
                history.election(new Election(System.nanoTime(), name, term));
            }
        } catch (StatusRuntimeException e) {
            // A member that does not answer has no opinion; it is asked again over a new connection.
            MemberConnection broken = connections.remove(endpoint);
            if (broken != null) {
                broken.close();
            }
        }
    }
}
