package io.kvorum.balancer;

import io.kvorum.balancer.ServerHealth.Finding;
import io.vertx.core.Future;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;

/** Looks whether a server is fit. */
interface HealthProbe {
    /** Never fails. */
    Future<Finding> check(ServerAddress server);

    Future<Void> close();

    /** What a failure to connect, or to get an answer, says. */
    static Finding finding(Throwable cause) {
        boolean refused = cause instanceof ConnectException;
        boolean late = cause instanceof TimeoutException
                || String.valueOf(cause.getMessage()).contains("timed out");
        return refused && !late ? Finding.REFUSED : Finding.SILENT;
    }
}
