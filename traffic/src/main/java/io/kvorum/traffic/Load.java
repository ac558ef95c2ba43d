package io.kvorum.traffic;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A running load. It ends by itself after the plan's duration, or when it is closed. */
public final class Load implements AutoCloseable {
    private final LoadPlan plan;
    private final InetAddress address;
    private final String host;
    private final byte[] request;
    private final ThreadPoolExecutor workers;
    private final Thread pacer;
    private final List<Sample> samples = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Deque<HttpConnection> idle = new ArrayDeque<>();
    private final AtomicLong reconnects = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final long startNanos;
    private volatile boolean stopping;

    private Load(LoadPlan plan) throws UnknownHostException {
        this.plan = plan;
        this.address = InetAddress.getByName(plan.target().getHost());
        this.host = plan.headers().stream()
                .filter(header -> header.getKey().equalsIgnoreCase("host"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(authority(plan));
        this.request = request(plan, host);
        this.workers = new ThreadPoolExecutor(
                plan.concurrency(), plan.concurrency(), 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(null, task, "traffic", 256 * 1024);
                    thread.setDaemon(true);
                    return thread;
                });
        workers.allowCoreThreadTimeOut(true);
        this.startNanos = System.nanoTime();
        this.pacer = new Thread(this::pace, "traffic-pacer");
        pacer.setDaemon(true);
    }

    /** Starts to send. Errors: the target's host name has no address. */
    public static Load start(LoadPlan plan) throws UnknownHostException {
        Load load = new Load(plan);
        load.pacer.start();
        return load;
    }

    private static String authority(LoadPlan plan) {
        String host = plan.target().getHost();
        return plan.target().getPort() < 0 ? host : host + ":" + plan.target().getPort();
    }

    private static byte[] request(LoadPlan plan, String host) {
        String path = plan.target().getRawPath();
        String query = plan.target().getRawQuery();
        StringBuilder text = new StringBuilder()
                .append(plan.method())
                .append(' ')
                .append(path == null || path.isEmpty() ? "/" : path)
                .append(query == null ? "" : "?" + query)
                .append(" HTTP/1.1\r\nHost: ")
                .append(host)
                .append("\r\n");
        for (Map.Entry<String, String> header : plan.headers()) {
            if (!header.getKey().equalsIgnoreCase("host")) {
                text.append(header.getKey())
                        .append(": ")
                        .append(header.getValue())
                        .append("\r\n");
            }
        }
        text.append("User-Agent: kvorum-traffic\r\nAccept: */*\r\n");
        text.append(plan.keepAlive() ? "" : "Connection: close\r\n").append("\r\n");
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Hands each request to a worker when it is due. A pacer that was held up sends what is overdue at once. */
    private void pace() {
        double interval = 1e9 / plan.rate();
        long last = plan.duration().isZero() ? Long.MAX_VALUE : plan.duration().toNanos();
        for (long i = 0; !stopping; i++) {
            long due = (long) (i * interval);
            if (due >= last) {
                break;
            }
            long wait = startNanos + due - System.nanoTime();
            while (wait > 0 && !stopping) {
                LockSupport.parkNanos(wait);
                wait = startNanos + due - System.nanoTime();
            }
            if (!stopping) {
                workers.execute(() -> send(due));
            }
        }
        workers.shutdown();
    }

    private void send(long due) {
        Outcome outcome;
        String version = "";
        @Nullable String failure = null;
        try {
            HttpConnection.Answer answer = exchange();
            version = plan.versions().version(answer.headers(), answer.body());
            outcome = answer.status() >= 500
                    ? Outcome.SERVER_ERROR
                    : answer.status() >= 400 ? Outcome.CLIENT_ERROR : Outcome.OK;
            if (outcome.lost()) {
                failure = "status " + answer.status();
            }
        } catch (ConnectFailure e) {
            outcome = Outcome.CONNECT;
            failure = String.valueOf(e.getMessage());
        } catch (SocketTimeoutException e) {
            outcome = Outcome.TIMEOUT;
            failure = String.valueOf(e.getMessage());
        } catch (IOException | NumberFormatException e) {
            outcome = Outcome.RESET;
            failure = String.valueOf(e.getMessage());
        }
        long latency = System.nanoTime() - startNanos - due;
        synchronized (samples) {
            samples.add(new Sample(due, latency, outcome, version));
            answered.addAndGet(outcome.lost() ? 0 : 1);
            if (failure != null) {
                failures.add(String.format(
                        Locale.ROOT, "%s at %.1f s: %s", outcome.label(), (due + latency) / 1e9, failure));
            }
        }
    }

    private static final class ConnectFailure extends IOException {
        ConnectFailure(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * One request. A kept connection that turns out to be closed before a byte of the answer came is replaced once, as
     * every HTTP client does (RFC 9112 section 9.3.1); it is counted in {@link #reconnects}.
     */
    private HttpConnection.Answer exchange() throws IOException {
        long deadline = System.nanoTime() + plan.timeout().toNanos();
        boolean head = plan.method().equals("HEAD");
        @Nullable HttpConnection kept = takeIdle();
        if (kept != null) {
            try {
                return finish(kept, kept.exchange(request, head, deadline));
            } catch (SocketTimeoutException e) {
                kept.close();
                throw e;
            } catch (IOException e) {
                kept.close();
                if (kept.answered()) {
                    throw e;
                }
                reconnects.incrementAndGet();
            }
        }
        HttpConnection fresh;
        try {
            fresh = HttpConnection.open(address, plan, hostName());
        } catch (IOException e) {
            throw new ConnectFailure(e);
        }
        try {
            return finish(fresh, fresh.exchange(request, head, deadline));
        } catch (IOException | NumberFormatException e) {
            fresh.close();
            throw e;
        }
    }

    private String hostName() {
        int colon = host.lastIndexOf(':');
        return colon > 0 && host.indexOf(']') < colon ? host.substring(0, colon) : host;
    }

    private HttpConnection.Answer finish(HttpConnection connection, HttpConnection.Answer answer) {
        if (plan.keepAlive() && answer.reusable() && !stopping) {
            synchronized (idle) {
                idle.push(connection);
            }
        } else {
            connection.close();
        }
        return answer;
    }

    private @Nullable HttpConnection takeIdle() {
        synchronized (idle) {
            return idle.poll();
        }
    }

    /** Notes that something was done now; it is shown in the report. */
    public Mark mark(String label) {
        Mark mark = new Mark(elapsed().toNanos(), label);
        synchronized (samples) {
            marks.add(mark);
        }
        return mark;
    }

    /** Notes that what was marked is done now. */
    public void done(Mark mark) {
        synchronized (samples) {
            marks.replaceAll(each -> each == mark
                    ? new Mark(mark.atNanos(), mark.label(), elapsed().toNanos() - mark.atNanos())
                    : each);
        }
    }

    public LoadPlan plan() {
        return plan;
    }

    /** Since the start. */
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** What has ended so far, in the order in which it ended. */
    public List<Sample> samples() {
        synchronized (samples) {
            return List.copyOf(samples);
        }
    }

    /** The samples from index {@code from} on, for a reader that follows the load. */
    public List<Sample> samplesFrom(int from) {
        synchronized (samples) {
            return List.copyOf(samples.subList(from, samples.size()));
        }
    }

    /** How many requests have been answered so far. */
    public long answered() {
        return answered.get();
    }

    /** One line for each lost request, in the order in which they were lost. */
    public List<String> failures() {
        synchronized (samples) {
            return List.copyOf(failures);
        }
    }

    /** How often a kept connection had to be replaced because the server had closed it while it was idle. */
    public long reconnects() {
        return reconnects.get();
    }

    /** The report over everything that has ended so far. */
    public TrafficReport report() {
        synchronized (samples) {
            return TrafficReport.of(plan.target().toString(), plan.rate(), samples, marks, reconnects.get());
        }
    }

    /** Whether every request has been sent and has ended. */
    public boolean ended() {
        return workers.isTerminated();
    }

    /** Waits until the load has ended; false when it has not after {@code limit}. */
    public boolean await(Duration limit) throws InterruptedException {
        return workers.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Sends nothing new and waits for the requests under way, each bounded by its time-out. */
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(pacer);
        try {
            pacer.join();
            if (!workers.awaitTermination(2 * plan.timeout().toMillis() + 1000, TimeUnit.MILLISECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
        synchronized (idle) {
            idle.forEach(HttpConnection::close);
            idle.clear();
        }
    }
}
