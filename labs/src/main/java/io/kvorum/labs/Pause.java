package io.kvorum.labs;

import java.util.concurrent.TimeUnit;

/** The time between two looks at a state that is waited for. */
final class Pause {
    private Pause() {}

    static void of(long time, TimeUnit unit) {
        try {
            unit.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }
}
