package io.kvorum.apiserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.auth.Authorizer.Attributes;
import io.kvorum.apiserver.auth.Authorizer.Decision;
import io.kvorum.apiserver.auth.Authorizer.Verdict;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuthorizerChainTest {
    private static final User BOB = new User("bob", List.of());
    private static final Attributes READ = Attributes.resource("get", "", "pods", "x", "a");

    private final List<String> asked = new ArrayList<>();

    private Authorizer elsewhere(String name, Future<Decision> says) {
        return (user, attributes) -> {
            asked.add(name);
            return says;
        };
    }

    private static Authorizer.Local here(Decision says) {
        return (user, attributes) -> says;
    }

    private static Decision decided(Authorizer... chain) {
        return chain(chain).authorize(BOB, READ).result();
    }

    private static AuthorizerChain chain(Authorizer... all) {
        return new AuthorizerChain(
                Arrays.stream(all).map(AuthorizerChain.Link::new).toList());
    }

    @Test
    void theFirstThatAllowsOrDeniesDecides() {
        Authorizer none = here(Decision.none("none"));
        Authorizer allow = here(Decision.allow("yes"));
        Authorizer deny = here(Decision.deny("no"));
        assertThat(decided(none, allow, deny)).isEqualTo(Decision.allow("yes"));
        assertThat(decided(none, deny, allow)).isEqualTo(Decision.deny("no"));
        assertThat(decided(none, none)).isEqualTo(Decision.none("none\nnone"));
    }

    @Test
    void whatWentWrongIsToldOfAllThatHaveNoOpinion() {
        Authorizer one = here(new Decision(Verdict.NO_OPINION, "", "one"));
        Authorizer two = here(new Decision(Verdict.NO_OPINION, "why", "two"));
        Authorizer three = here(new Decision(Verdict.NO_OPINION, "", "three"));
        assertThat(decided(one, two, three)).isEqualTo(new Decision(Verdict.NO_OPINION, "why", "[one, two, three]"));
        assertThat(decided(one, here(Decision.allow("yes")))).isEqualTo(Decision.allow("yes"));
    }

    @Test
    void whoeverIsElsewhereIsWaitedForAndHeardOnce() {
        Promise<Decision> answer = Promise.promise();
        Decision[] local = {Decision.none("")};
        AuthorizerChain chain = chain(
                elsewhere("far", answer.future()),
                (Authorizer.Local) (user, attributes) -> local[0],
                elsewhere("near", Future.succeededFuture(Decision.none(""))));
        Authorizer.Heard heard = new Authorizer.Heard();
        Future<Decision> first = chain.authorize(BOB, READ, heard);
        assertThat(first.isComplete()).isFalse();
        assertThat(asked).containsExactly("far");
        answer.complete(Decision.none("not mine"));
        assertThat(first.result()).isEqualTo(Decision.none("not mine"));
        local[0] = Decision.allow("now");
        assertThat(chain.authorize(BOB, READ, heard).result()).isEqualTo(Decision.allow("now"));
        assertThat(asked).containsExactly("far", "near");
    }
}
