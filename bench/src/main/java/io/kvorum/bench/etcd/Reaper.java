package io.kvorum.bench.etcd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends the stores of a run and deletes its folder: when it is closed, or at the latest when this JVM is asked to end. A
 * store is handed to it before it is started. Thread-safe.
 */
final class Reaper implements AutoCloseable {
    private final Path folder;
    private final List<Contender> contenders = new ArrayList<>();
    private final Thread atExit = new Thread(this::stopped, "end-stores");
    private boolean over;

    /** @param folder with the data of all stores */
    Reaper(Path folder) {
        this.folder = folder;
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** @throws IOException the run is over, so nothing may be started any more */
    synchronized <T extends Contender> T add(T contender) throws IOException {
        if (over) {
            contender.close();
            throw new IOException("the run is over");
        }
        contenders.add(contender);
        return contender;
    }

    synchronized List<Contender> contenders() {
        return List.copyOf(contenders);
    }

    /** Ends the stores that run; others may be added after them. */
    synchronized void endStores() {
        contenders.forEach(Contender::close);
        contenders.clear();
    }

    /** Commands that are under way would go on starting things: they end first. */
    private void stopped() {
        for (ProcessHandle child : ProcessHandle.current().children().toList()) {
            child.destroyForcibly();
            child.onExit().join();
        }
        end();
    }

    private synchronized void end() {
        over = true;
        endStores();
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            Progress.say("cannot delete " + folder + ": " + e);
        }
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // This JVM is ending: the hook runs, and finds nothing left.
            Progress.say("ended before its time");
        }
    }
}
