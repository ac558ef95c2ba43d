package io.kvorum.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuthorizationTest {
    private final List<String> asked = new ArrayList<>();
    private final Expressions expressions = Expressions.with(
            Map.of("authorizer", ValueType.authorizer(), "authorizer.requestResource", ValueType.resourceCheck()));

    /** Allows to get, and writes down who is asked about what. */
    private final class Recording implements Authorization {
        private final String whom;

        Recording(String whom) {
            this.whom = whom;
        }

        @Override
        public Answer ask(Question question) {
            asked.add(whom + ": " + question.verb() + " "
                    + (question.path().isEmpty()
                            ? question.group() + "/" + question.resource() + "/" + question.subresource() + " in "
                                    + question.namespace() + "/" + question.name()
                            : question.path()));
            return new Answer(question.verb().equals("get"), "because");
        }

        @Override
        public Authorization ofServiceAccount(String namespace, String name) {
            return new Recording(namespace + ":" + name);
        }
    }

    private Object evaluated(String expression) throws CelProblem {
        Authorization user = new Recording("user");
        Object request = ValueType.resourceCheck(
                user, new Authorization.Question("", "", "apps", "deployments", "", "shop", "web"));
        return expressions
                .compile(expression, Expressions.Result.ANY)
                .evaluate(Map.of(), Map.of("authorizer", user, "authorizer.requestResource", request));
    }

    @Test
    void expressionsAskWhatMayBeDone() throws Exception {
        assertThat(evaluated("authorizer.group('apps').resource('deployments').subresource('scale').namespace('shop')"
                        + ".name('web').check('get').allowed()"))
                .isEqualTo(true);
        assertThat(evaluated("authorizer.path('/healthz').check('post').allowed()"))
                .isEqualTo(false);
        assertThat(evaluated("authorizer.serviceAccount('shop', 'robot').group('').resource('pods')"
                        + ".fieldSelector('a=b').check('list').reason()"))
                .isEqualTo("because");
        assertThat(evaluated("authorizer.requestResource.name('other').check('get').errored()"))
                .isEqualTo(false);
        assertThat(asked)
                .containsExactly(
                        "user: get apps/deployments/scale in shop/web",
                        "user: post /healthz",
                        "shop:robot: list /pods/ in /",
                        "user: get apps/deployments/ in shop/other");
    }

    @Test
    void questionsThatAreNoneDoNotCompile() {
        for (String none : List.of(
                "authorizer.check('get')",
                "authorizer.group('a').check('get')",
                "authorizer.group('a').resource('b').check('get')",
                "authorizer.group(1)")) {
            assertThatThrownBy(() -> expressions.compile(none, Expressions.Result.BOOLEAN))
                    .as(none)
                    .isInstanceOf(CelProblem.class);
        }
    }

    private static final class NotYet extends Authorization.Unanswered {
        private static final long serialVersionUID = 1;
    }

    /** Whatever stands beside the question: {@code &&} and {@code ||} do without a side that failed, which this is not. */
    @Test
    void anAnswerThatIsNotThereYetEndsTheEvaluation() {
        Authorization later = new Authorization() {
            @Override
            public Answer ask(Question question) {
                throw new NotYet();
            }

            @Override
            public Authorization ofServiceAccount(String namespace, String name) {
                return this;
            }
        };
        for (String form : List.of("%s", "%s || true", "true && %s", "[1].exists(x, %s)", "%s ? 1 : 2")) {
            String text = form.formatted("authorizer.path('/x').check('get').allowed()");
            assertThatThrownBy(() -> expressions
                            .compile(text, Expressions.Result.ANY)
                            .evaluate(Map.of(), Map.of("authorizer", later)))
                    .as(text)
                    .isInstanceOf(NotYet.class);
        }
    }

    @Test
    void selectorsNarrowWhatIsAsked() throws Exception {
        List<Authorization.Question> questions = new ArrayList<>();
        Authorization user = new Authorization() {
            @Override
            public Answer ask(Question question) {
                questions.add(question);
                return new Answer(false, "", "out of order");
            }

            @Override
            public Authorization ofServiceAccount(String namespace, String name) {
                return this;
            }
        };
        Object error = expressions
                .compile(
                        "authorizer.group('').resource('pods').fieldSelector('a=b').labelSelector('c').namespace('x')"
                                + ".check('list').error()",
                        Expressions.Result.ANY)
                .evaluate(Map.of(), Map.of("authorizer", user));
        assertThat(error).isEqualTo("out of order");
        assertThat(questions)
                .containsExactly(new Authorization.Question("list", "", "", "pods", "", "x", "", "a=b", "c"));
    }
}
