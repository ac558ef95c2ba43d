package io.kvorum.cli.launcher;

import io.kvorum.faults.FaultException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Signals to components, and the watchdogs of those that are stopped. Runs on the loop. */
final class ProcessSignals {
    private final Map<String, PauseWatchdog> watchdogs = new HashMap<>();

    /** SIGKILL. */
    void kill(ManagedProcess managed) {
        Process process = managed.process;
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** SIGSTOP; done again it only changes the limit. {@code limit} zero: until resumed or the launcher's end. */
    void pause(ManagedProcess managed, Duration limit) {
        Process process = managed.process;
        if (process == null || !process.isAlive()) {
            return;
        }
        PauseWatchdog before = watchdogs.remove(managed.instance.name());
        try {
            watchdogs.put(managed.instance.name(), PauseWatchdog.start(process.pid(), limit));
        } catch (IOException e) {
            throw new FaultException("cannot pause " + managed.instance.name() + ": no watchdog: " + e.getMessage());
        } finally {
            if (before != null) {
                before.dismiss();
            }
        }
        signal(managed, process, "STOP");
    }

    /** SIGCONT. */
    void resume(ManagedProcess managed) {
        Process process = managed.process;
        if (process != null && process.isAlive()) {
            signal(managed, process, "CONT");
        }
        forget(managed);
    }

    void forget(ManagedProcess managed) {
        PauseWatchdog watchdog = watchdogs.remove(managed.instance.name());
        if (watchdog != null) {
            watchdog.dismiss();
        }
    }

    private static void signal(ManagedProcess managed, Process process, String name) {
        try {
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                    .redirectErrorStream(true)
                    .start();
            if (!kill.waitFor(5, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new FaultException("cannot send SIG" + name + " to " + managed.instance.name());
            }
        } catch (IOException e) {
            throw new FaultException("cannot signal " + managed.instance.name() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException("interrupted while signalling " + managed.instance.name());
        }
    }
}
