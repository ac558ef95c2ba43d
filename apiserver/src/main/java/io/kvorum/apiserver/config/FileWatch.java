package io.kvorum.apiserver.config;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells, on a thread of its own, that something has changed in the folder of a file: files are put in place of others, and
 * folders of mounted objects are links that are turned over as a whole. What changes a link further away is not seen.
 */
final class FileWatch implements AutoCloseable {
    private static final long COLLECT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final WatchService watches;
    private final Runnable changed;

    FileWatch(Path file, Runnable changed) throws IOException {
        this.changed = changed;
        this.watches = FileSystems.getDefault().newWatchService();
        try {
            Objects.requireNonNullElse(file.toAbsolutePath().getParent(), Path.of("/"))
                    .register(
                            watches,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_MODIFY,
                            StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException e) {
            watches.close();
            throw e;
        }
        Thread thread = new Thread(this::run, "config-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            boolean valid = true;
            while (valid) {
                WatchKey key = watches.take();
                // Not to wait for anything: only to answer a burst of writes once.
                LockSupport.parkNanos(COLLECT_NANOS);
                key.pollEvents();
                valid = key.reset();
                changed.run();
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // Closed: the thread ends.
        }
    }

    @Override
    public void close() throws IOException {
        watches.close();
    }
}
