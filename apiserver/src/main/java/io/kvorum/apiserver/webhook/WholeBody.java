package io.kvorum.apiserver.webhook;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;

/** The body of an answer that is small enough to be held. */
public final class WholeBody {
    private WholeBody() {}

    /** Fails with {@link HookFailure} when it is larger, and takes no more of it. */
    public static Future<Buffer> of(HttpClientResponse response, int mostBytes) {
        Promise<Buffer> whole = Promise.promise();
        Buffer all = Buffer.buffer();
        response.exceptionHandler(whole::tryFail);
        response.endHandler(end -> whole.tryComplete(all));
        response.handler(chunk -> {
            if (all.length() + chunk.length() > mostBytes) {
                whole.tryFail(new HookFailure("the response of the webhook is larger than " + mostBytes + " bytes"));
                response.request().reset();
            } else {
                all.appendBuffer(chunk);
            }
        });
        return whole.future();
    }
}
