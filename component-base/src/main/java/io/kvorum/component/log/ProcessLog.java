package io.kvorum.component.log;

import java.io.OutputStream;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

/** Sets the process's log up and changes its level while it runs. */
public final class ProcessLog {
    /** Loggers of the libraries below: they say more than a reader of our log wants. Kept from garbage collection. */
    private static final List<Logger> LIBRARIES =
            List.of(Logger.getLogger("com.hazelcast"), Logger.getLogger("io.netty"), Logger.getLogger("io.vertx"));

    /** Loggers that warn of what we have chosen, or, with a stack trace at every try, of what our own code copes with. */
    private static final List<Logger> KNOWN = List.of(
            Logger.getLogger("io.vertx.core.eventbus.impl.clustered"),
            Logger.getLogger("com.hazelcast.instance.impl.HazelcastInstanceFactory"),
            Logger.getLogger("com.hazelcast.instance.impl.Node"),
            Logger.getLogger("com.hazelcast.cp.CPSubsystem"),
            Logger.getLogger("com.hazelcast.spi.impl.operationexecutor.slowoperationdetector.SlowOperationDetector"),
            Logger.getLogger("com.hazelcast.internal.networking.nio.iobalancer.IOBalancer"));

    private ProcessLog() {}

    /**
     * Sends every log record as one line to {@code out}.
     *
     * @param format {@code text} or {@code json}
     * @param level see {@link #level(String)}
     * @param component name of the process, on every line
     */
    public static void start(OutputStream out, String format, String level, String component) {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        StreamHandler handler = new FlushingHandler(out, new LineFormatter(format.equals("json"), component));
        handler.setLevel(Level.ALL);
        try {
            handler.setEncoding(StandardCharsets.UTF_8.name());
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException(e);
        }
        root.addHandler(handler);
        level(level);
    }

    /**
     * Sets the level: {@code error}, {@code warn}, {@code info}, {@code debug} or {@code trace}.
     *
     * <p>Errors: {@link IllegalArgumentException} for another word.
     */
    public static void level(String level) {
        Level own = switch (level.toLowerCase(Locale.ROOT)) {
            case "error" -> Level.SEVERE;
            case "warn", "warning" -> Level.WARNING;
            case "info" -> Level.INFO;
            case "debug" -> Level.FINE;
            case "trace" -> Level.FINEST;
            default ->
                throw new IllegalArgumentException(
                        "unknown log level \"" + level + "\": give error, warn, info, debug or trace");
        };
        Logger.getLogger("").setLevel(own);
        Level library = own == Level.FINEST ? Level.FINE : own == Level.FINE ? Level.INFO : Level.WARNING;
        KNOWN.forEach(logger -> logger.setLevel(Level.SEVERE));
        LIBRARIES.forEach(logger -> logger.setLevel(library.intValue() > own.intValue() ? library : own));
    }

    /** A killed process must not take its last lines along. */
    private static final class FlushingHandler extends StreamHandler {
        FlushingHandler(OutputStream out, LineFormatter formatter) {
            super(out, formatter);
        }

        @Override
        public synchronized void publish(LogRecord record) {
            super.publish(record);
            flush();
        }
    }

    /** Writes out what is buffered. */
    public static void flush() {
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.flush();
        }
    }
}
