package io.kvorum.apiserver;

import io.kvorum.store.client.Store;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Starts an API server that lets everybody do everything and stops it again: for all tests of a class when it is in a static
 * field, else for each of them.
 */
final class OwnApiServer implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private final UnaryOperator<Store> around;
    private boolean ofClass;
    private @Nullable TestApiServer running;

    OwnApiServer() {
        this(UnaryOperator.identity());
    }

    /** @param around what the server is given in place of its store */
    OwnApiServer(UnaryOperator<Store> around) {
        this.around = around;
    }

    TestApiServer get() {
        return Objects.requireNonNull(running, "the server runs during tests only");
    }

    /** A client, which may be made before the server runs. */
    Http http() {
        return new Http(this);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        ofClass = true;
        running = TestApiServer.start(around);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        if (!ofClass) {
            running = TestApiServer.start(around);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (!ofClass) {
            stop();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        stop();
    }

    private void stop() throws Exception {
        TestApiServer stopped = running;
        running = null;
        if (stopped != null) {
            stopped.close();
        }
    }
}
