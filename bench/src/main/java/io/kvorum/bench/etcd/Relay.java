package io.kvorum.bench.etcd;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Passes on what comes from one socket to another, as long as the way is not cut; what comes meanwhile waits. */
final class Relay implements Runnable {
    private static final Logger LOG = Logger.getLogger(Relay.class.getName());
    private static final int BUFFER_BYTES = 64 << 10;

    private final Socket from;
    private final Socket to;
    private final BooleanSupplier cut;
    private final Object gate = new Object();
    private boolean closed;

    Relay(Socket from, Socket to, BooleanSupplier cut) {
        this.from = from;
        this.to = to;
        this.cut = cut;
    }

    @Override
    public void run() {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int read = in.read(buffer);
            // The end of the stream does not pass a cut either.
            while (awaitOpen() && read >= 0) {
                out.write(buffer, 0, read);
                read = in.read(buffer);
            }
        } catch (IOException e) {
            // Either end was closed or reset.
            LOG.log(Level.FINE, "a link ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    /** Whether there is a way, after waiting while it was cut. */
    private boolean awaitOpen() throws InterruptedException {
        synchronized (gate) {
            while (cut.getAsBoolean() && !closed) {
                gate.wait();
            }
            return !closed;
        }
    }

    /** To be called when the way may no longer be cut. */
    void wake() {
        synchronized (gate) {
            gate.notifyAll();
        }
    }

    void close() {
        synchronized (gate) {
            closed = true;
            gate.notifyAll();
        }
        try {
            from.close();
            to.close();
        } catch (IOException e) {
            LOG.log(Level.FINE, "cannot close a link", e);
        }
    }
}
