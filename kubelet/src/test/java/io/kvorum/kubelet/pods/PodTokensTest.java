package io.kvorum.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kvorum.kubelet.testing.SetClock;
import io.kvorum.kubelet.volumes.PodVolumes.TokenWanted;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodTokensTest {
    private static final TokenWanted WANTED = new TokenWanted("", 3600);
    private static final Pod POD = new PodBuilder()
            .withNewMetadata()
            .withNamespace("team")
            .withName("web")
            .withUid("u-1")
            .endMetadata()
            .withNewSpec()
            .withServiceAccountName("robot")
            .endSpec()
            .build();

    private final SetClock clock = new SetClock();
    private final List<String> asked = new ArrayList<>();
    private boolean failing;
    private final PodTokens tokens = new PodTokens(this::answer, clock);

    private Future<Map<?, ?>> answer(String namespace, String account, Map<String, Object> request) {
        asked.add(namespace + "/" + account + " " + request.get("spec"));
        return failing
                ? Future.failedFuture("no API server")
                : Future.succeededFuture(Map.of(
                        "token",
                        "token-" + asked.size(),
                        "expirationTimestamp",
                        clock.instant().plusSeconds(3600).toString()));
    }

    private String token() {
        return tokens.token(POD, WANTED).result();
    }

    @Test
    void isBoundToThePodAndKept() {
        assertThat(token()).isEqualTo("token-1");
        assertThat(token()).isEqualTo("token-1");
        assertThat(asked)
                .containsExactly(
                        "team/robot {audiences=[], expirationSeconds=3600, boundObjectRef={apiVersion=v1, kind=Pod,"
                                + " name=web, uid=u-1}}");
    }

    @Test
    void isRenewedWhenFourFifthsOfItsLifeAreOver() {
        token();
        clock.advance(Duration.ofMinutes(47));
        assertThat(token()).isEqualTo("token-1");
        clock.advance(Duration.ofMinutes(2));
        assertThat(token()).isEqualTo("token-2");
    }

    @Test
    void stillCountsWhenNoOtherIsToBeHad() {
        token();
        failing = true;
        clock.advance(Duration.ofMinutes(50));
        assertThat(token()).isEqualTo("token-1");
        clock.advance(Duration.ofMinutes(11));
        assertThat(tokens.token(POD, WANTED).failed()).isTrue();
    }
}
