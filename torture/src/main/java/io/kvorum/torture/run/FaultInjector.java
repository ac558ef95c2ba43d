package io.kvorum.torture.run;

import java.io.IOException;
import java.time.Duration;

/** Breaks the store's members. Faults are said in the words of {@code kvorum fault}. */
public interface FaultInjector {
    /**
     * Sets a fault; it is in force when this returns.
     *
     * @param lasting after this it heals by itself
     * @throws IOException it was refused or could not be set
     */
    void inject(String fault, Duration lasting) throws IOException;

    /** Ends all faults and lets everything run that was stopped. */
    void heal() throws IOException;
}
