package io.kvorum.kubelet.runtime;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells when something changes in the folders of runs. Changes are collected for some milliseconds, so that a container
 * that writes a lot of output does not keep the kubelet busy.
 */
final class FolderWatcher implements AutoCloseable {
    private static final long COLLECT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** What changed in the folder of one run. */
    interface Listener {
        void changed(ContainerId id, Set<String> files);
    }

    private final WatchService watches;
    private final Map<WatchKey, ContainerId> folders = new ConcurrentHashMap<>();
    private final Map<ContainerId, WatchKey> keys = new ConcurrentHashMap<>();
    private final Listener listener;
    private final Thread thread;

    FolderWatcher(Listener listener) throws IOException {
        this.watches = FileSystems.getDefault().newWatchService();
        this.listener = listener;
        this.thread = new Thread(this::run, "container-watch");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    void watch(ContainerId id, Path folder) throws IOException {
        WatchKey key =
                folder.register(watches, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
        folders.put(key, id);
        keys.put(id, key);
    }

    void forget(ContainerId id) {
        WatchKey key = keys.remove(id);
        if (key != null) {
            key.cancel();
            folders.remove(key);
        }
    }

    private void run() {
        try {
            while (true) {
                WatchKey key = watches.take();
                while (key != null) {
                    dispatch(key);
                    key = watches.poll();
                }
                // Not to wait for anything: only to answer a burst of writes once.
                LockSupport.parkNanos(COLLECT_NANOS);
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // Closed: the thread ends.
        }
    }

    private void dispatch(WatchKey key) {
        ContainerId id = folders.get(key);
        Set<String> files = new HashSet<>();
        for (WatchEvent<?> event : key.pollEvents()) {
            if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
                files.add("log");
                files.add("exit");
                files.add("ready");
            } else {
                files.add(String.valueOf(event.context()));
            }
        }
        key.reset();
        if (id != null) {
            listener.changed(id, files);
        }
    }

    @Override
    public void close() throws IOException {
        watches.close();
    }
}
