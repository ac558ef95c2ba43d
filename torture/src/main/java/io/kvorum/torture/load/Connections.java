package io.kvorum.torture.load;

import java.util.concurrent.atomic.AtomicInteger;

/** Numbers connections, from 1 on. Thread-safe. */
final class Connections {
    private final AtomicInteger last = new AtomicInteger();

    int next() {
        return last.incrementAndGet();
    }
}
