package io.kvorum.component.log;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.slf4j.event.KeyValuePair;

/** A log record with key/value pairs beside its message. */
final class PairsRecord extends LogRecord {
    private static final long serialVersionUID = 1L;

    private final transient List<KeyValuePair> pairs;

    PairsRecord(Level level, String message, List<KeyValuePair> pairs) {
        super(level, message);
        this.pairs = List.copyOf(pairs);
    }

    List<KeyValuePair> pairs() {
        return pairs == null ? List.of() : pairs;
    }
}
