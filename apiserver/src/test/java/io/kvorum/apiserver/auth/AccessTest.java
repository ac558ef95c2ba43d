package io.kvorum.apiserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.auth.Authorizer.Attributes;
import io.kvorum.apiserver.auth.Authorizer.Decision;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.Credentials;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessTest {
    private static final User SCHEDULER = new User("system:kube-scheduler", List.of(User.AUTHENTICATED));

    private final Attributes asked = asked();
    private boolean allows;
    private boolean loaded;
    private final Access access = new Access(
            (Authorizer.Local) (user, wanted) -> allows ? Decision.allow("") : Decision.none("because"),
            Future::succeededFuture,
            () -> loaded);

    private static Attributes asked() {
        ApiRequest request = ApiRequest.of(
                "GET",
                "/api/v1/pods",
                MultiMap.caseInsensitiveMultiMap(),
                Buffer.buffer(),
                new Credentials(null, null, ""),
                Duration.ofSeconds(1));
        return Attributes.of(RequestInfo.parse(request.method(), request.path(), request.query()), request);
    }

    @Test
    void aServerThatStartsRefusesNobodyForGood() {
        assertThat(access.decide(SCHEDULER, asked).cause())
                .isInstanceOfSatisfying(
                        ApiException.class,
                        refused -> assertThat(refused.code()).isEqualTo(503));
        allows = true;
        assertThat(access.decide(SCHEDULER, asked).result().allowed()).isTrue();
    }

    @Test
    void oneThatKnowsWhoMayWhatDecides() {
        loaded = true;
        assertThat(access.decide(SCHEDULER, asked).result()).isEqualTo(Decision.none("because"));
    }

    /** The store's answer comes too late, and while it was waited for the server came to know who may what. */
    @Test
    void whatWasDecidedInIgnoranceIsNotToldAsKnowledge() {
        Access waiting = new Access(
                (Authorizer.Local) (user, wanted) -> Decision.none("because"),
                () -> {
                    loaded = true;
                    return Future.failedFuture("no answer of the store");
                },
                () -> loaded);
        assertThat(waiting.decide(SCHEDULER, asked).cause())
                .isInstanceOfSatisfying(
                        ApiException.class,
                        refused -> assertThat(refused.code()).isEqualTo(503));
    }
}
