package io.kvorum.apiserver.fuzz;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sends a seed's requests one after the other and gathers what must not be. */
final class FuzzRun implements AutoCloseable {
    private static final int MOST_SHOWN = 400;

    private final int port;
    private final long seed;
    private final Grammar grammar;
    private final List<String> failures = new ArrayList<>();
    private final TreeMap<Integer, Long> statuses = new TreeMap<>();
    private @Nullable Wire wire;

    FuzzRun(int port, long seed, Grammar grammar) {
        this.port = port;
        this.seed = seed;
        this.grammar = grammar;
    }

    /** Sends the requests from {@code first} up to but without {@code end}; stops at {@code most} failures. */
    void send(long first, long end, int most) throws IOException {
        for (long number = first; number < end && failures.size() < most; number++) {
            FuzzRequest request = grammar.request(number);
            String wrong = outcome(request);
            if (wrong != null) {
                failures.add("seed " + seed + " request " + number + ": "
                        + wrong.substring(0, Math.min(wrong.length(), MOST_SHOWN)) + "\n    " + request.shown());
            }
        }
    }

    private @Nullable String outcome(FuzzRequest request) throws IOException {
        boolean reused = wire != null && request.framed();
        Wire.Answer answer;
        try {
            answer = exchange(request);
            if (answer.status() == 0 && reused) {
                // The server may have closed the connection after the answer before; a new one has no such excuse.
                answer = exchange(request);
            }
            if (request.head() && answer.status() >= 500) {
                // An answer without a body gives no reason; asked by GET it does.
                answer = exchange(request.asGet());
            }
        } catch (SocketTimeoutException late) {
            close();
            return "no answer and no end";
        }
        statuses.merge(answer.status(), 1L, Long::sum);
        if (answer.status() == 0 && request.framed()) {
            return "closed without an answer";
        }
        return Verdict.of(answer);
    }

    private Wire.Answer exchange(FuzzRequest request) throws IOException {
        Wire used = wire;
        if (used == null || !request.framed()) {
            close();
            used = new Wire(port);
            wire = used;
        }
        Wire.Answer answer;
        try {
            answer = used.exchange(request);
        } catch (IOException broken) {
            close();
            throw broken;
        }
        if (!answer.reusable()) {
            close();
        }
        return answer;
    }

    List<String> failures() {
        return failures;
    }

    /** How many answers had which status; 0 is a connection closed without one. */
    TreeMap<Integer, Long> statuses() {
        return statuses;
    }

    @Override
    public void close() throws IOException {
        Wire open = wire;
        wire = null;
        if (open != null) {
            open.close();
        }
    }
}
