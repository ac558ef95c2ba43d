package io.kvorum.apiserver.pipeline;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.RequestTimeout;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Gives up waiting when a request's time is over; what was begun may still be carried out. By timers of the event loop: that of a
 * future without a context belongs to another thread, and to wake that costs more than most answers.
 */
public final class Deadlines {
    private final Vertx vertx;
    private final Duration mostTime;

    public Deadlines(Vertx vertx, RequestTimeout timeout) {
        this.vertx = vertx;
        this.mostTime = timeout.most();
    }

    /** @param abandon takes what comes too late */
    <T> Future<T> limit(ApiRequest request, Audited audited, Future<T> answer, Consumer<T> abandon) {
        if (answer.isComplete()) {
            return answer;
        }
        Duration limit = request.timeout().compareTo(mostTime) < 0 ? request.timeout() : mostTime;
        Promise<T> first = Promise.promise();
        long timer = vertx.setTimer(
                Math.max(1, limit.toMillis() - audited.millis()),
                late -> first.tryFail(
                        ApiException.timeout("Timeout: request did not complete within the allotted timeout")));
        answer.onComplete(done -> {
            vertx.cancelTimer(timer);
            if (done.failed()) {
                first.tryFail(done.cause());
            } else if (!first.tryComplete(done.result())) {
                abandon.accept(done.result());
            }
        });
        return first.future();
    }
}
