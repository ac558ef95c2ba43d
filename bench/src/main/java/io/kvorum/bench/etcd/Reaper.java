package io.kvorum.bench.etcd;

import java.util.ArrayList;
import java.util.List;

/** Ends the stores that were handed to it: when it is closed, or at the latest when this JVM is asked to end. */
final class Reaper implements AutoCloseable {
    private final List<Contender> contenders = new ArrayList<>();
    private final Thread atExit = new Thread(this::endAll, "end-stores");

    Reaper() {
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    synchronized <T extends Contender> T add(T contender) {
        contenders.add(contender);
        return contender;
    }

    synchronized List<Contender> contenders() {
        return List.copyOf(contenders);
    }

    private synchronized void endAll() {
        contenders.forEach(Contender::close);
        contenders.clear();
    }

    @Override
    public void close() {
        endAll();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // This JVM is ending: the hook runs, and finds nothing left.
            Progress.say("ending");
        }
    }
}
