package io.kvorum.store.raft;

import com.hazelcast.logging.AbstractLogger;
import com.hazelcast.logging.LogEvent;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Hands Raft's log lines on one level lower: it tells at INFO, over several lines, what is of use in debugging only. */
final class RaftLogger extends AbstractLogger {
    private final Logger log;

    RaftLogger(Logger log) {
        this.log = log;
    }

    @Override
    public void log(Level level, @Nullable String message) {
        log(level, message, null);
    }

    @Override
    public void log(Level level, @Nullable String message, @Nullable Throwable thrown) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            log.error(message, thrown);
        } else if (level.intValue() >= Level.WARNING.intValue()) {
            log.info(message, thrown);
        } else if (level.intValue() >= Level.INFO.intValue()) {
            log.debug(message, thrown);
        } else {
            log.trace(message, thrown);
        }
    }

    @Override
    public void log(LogEvent event) {
        LogRecord line = event.getLogRecord();
        log(line.getLevel(), line.getMessage(), line.getThrown());
    }

    @Override
    public Level getLevel() {
        if (log.isTraceEnabled()) {
            return Level.FINE;
        } else if (log.isDebugEnabled()) {
            return Level.INFO;
        }
        return log.isInfoEnabled() ? Level.WARNING : Level.SEVERE;
    }

    @Override
    public boolean isLoggable(Level level) {
        return level.intValue() >= getLevel().intValue();
    }
}
