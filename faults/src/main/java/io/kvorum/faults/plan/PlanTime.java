package io.kvorum.faults.plan;

import java.util.concurrent.TimeUnit;

/** The passing of time, as a plan sees it. */
public interface PlanTime {
    /** On the scale of {@link System#nanoTime}. */
    long nanos();

    /** Returns at once when the moment is past. */
    void sleepUntil(long nanos) throws InterruptedException;

    static PlanTime real() {
        return new PlanTime() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleepUntil(long nanos) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
            }
        };
    }
}
