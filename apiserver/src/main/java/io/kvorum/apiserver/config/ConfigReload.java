package io.kvorum.apiserver.config;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a configuration file again when something changes beside it, and once a minute. What is wrong with it is told once, and
 * what held before holds on; a file that cannot be read, or cannot be followed yet, is looked at again. Belongs to the event loop.
 */
public final class ConfigReload<T> {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigReload.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Vertx vertx;
    private final Context context;
    private final String what;
    private final ConfigFile<T> file;
    private final ReloadMetrics metrics;
    private final BiPredicate<String, String> same;
    private final Function<T, Future<Void>> apply;
    private String seen;
    private String holding;
    private @Nullable FileWatch watch;
    private long timer = -1;
    private boolean checking;
    private boolean again;

    /**
     * @param what as the log tells of it
     * @param same whether one text says what another does
     * @param apply from when its future is complete, the new configuration holds; when it fails, the old one
     */
    public ConfigReload(
            Vertx vertx,
            String what,
            ConfigFile<T> file,
            ReloadMetrics metrics,
            BiPredicate<String, String> same,
            Function<T, Future<Void>> apply) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.what = what;
        this.file = file;
        this.metrics = metrics;
        this.same = same;
        this.apply = apply;
        this.seen = file.text();
        this.holding = seen;
    }

    public void start() {
        metrics.holds(holding);
        try {
            watch = new FileWatch(file.path(), () -> context.runOnContext(told -> check()));
        } catch (IOException e) {
            LOG.error("file not watched, it is looked at once a minute file={} cause={}", file.path(), e.toString());
        }
        timer = vertx.setPeriodic(INTERVAL.toMillis(), due -> check());
        check();
    }

    public void stop() {
        vertx.cancelTimer(timer);
        FileWatch open = watch;
        watch = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("watch not closed file={}", file.path(), e);
            }
        }
    }

    /** What was read of the file. */
    private record Read<T>(String text, T configuration) {}

    private void check() {
        if (checking) {
            again = true;
            return;
        }
        checking = true;
        vertx.executeBlocking(this::read, false)
                .compose(read -> read.map(this::applied).orElseGet(Future::succeededFuture))
                .onComplete(done -> {
                    if (done.failed()) {
                        metrics.failed();
                        LOG.error("{} config not reloaded, the old one holds cause={}", what, told(done.cause()));
                    }
                    checking = false;
                    if (again) {
                        again = false;
                        check();
                    }
                });
    }

    /** What is new in the file; nothing when nothing is. */
    private Optional<Read<T>> read() throws IOException {
        String text = Files.readString(file.path());
        if (text.equals(seen)) {
            return Optional.empty();
        }
        if (text.isEmpty()) {
            seen = text;
            throw new IllegalArgumentException("empty config data");
        }
        T configuration;
        try {
            configuration = file.reading().apply(text);
        } catch (IllegalArgumentException wrong) {
            // It will not be right the next time.
            seen = text;
            throw wrong;
        }
        return Optional.of(new Read<>(text, configuration));
    }

    private Future<Void> applied(Read<T> read) {
        String text = read.text();
        if (same.test(text, holding)) {
            seen = text;
            return Future.succeededFuture();
        }
        return apply.apply(read.configuration()).onSuccess(done -> {
            seen = text;
            holding = text;
            metrics.succeeded(text);
            LOG.info("reloaded {} config file={}", what, file.path());
        });
    }

    private static String told(Throwable cause) {
        return cause instanceof IllegalArgumentException ? String.valueOf(cause.getMessage()) : cause.toString();
    }
}
