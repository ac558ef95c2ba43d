package io.kvorum.apiserver.admission;

import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.auth.Authorizer.Attributes;
import io.kvorum.apiserver.auth.Selectors;
import io.kvorum.apiserver.request.User;
import io.kvorum.cel.AdmissionVariables;
import io.kvorum.cel.Authorization;
import io.kvorum.cel.ValueType;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Lets the expressions about one write ask what the one who writes may do, or a service account. An answer that has to be
 * fetched ends the evaluation, which begins anew when it has come: evaluations must change nothing before they are
 * done. Belongs to the event loop.
 */
public final class AccessQuestions {
    /** More than the expressions of a write can pay for upstream; each may be a request to somebody elsewhere. */
    private static final int MOST_FETCHED = 64;

    private final Authorizer authorizer;
    private final Admission.Attempt attempt;
    private final Map<Asked, Authorization.Answer> fetched = new HashMap<>();

    private record Asked(User user, Authorization.Question question) {}

    /** What an evaluation waits for. */
    private static final class Fetching extends Authorization.Unanswered {
        private static final long serialVersionUID = 1;
        private final transient Future<?> answer;

        Fetching(Future<?> answer) {
            this.answer = answer;
        }
    }

    public AccessQuestions(Authorizer authorizer, Admission.Attempt attempt) {
        this.authorizer = authorizer;
        this.attempt = attempt;
    }

    /** The variables {@code authorizer} and {@code authorizer.requestResource} for the write, by name. */
    public Map<String, Object> variables() {
        Authorization whom = new OfUser(attempt.user());
        Authorization.Question about = new Authorization.Question(
                "",
                "",
                attempt.passage().spoken().group(),
                attempt.passage().spoken().resource(),
                attempt.subresource(),
                attempt.namespace(),
                attempt.name());
        return Map.of(
                AdmissionVariables.AUTHORIZER,
                whom,
                AdmissionVariables.REQUEST_AUTHORIZER,
                ValueType.resourceCheck(whom, about));
    }

    /** What an evaluation comes to, at once unless it asks for what has to be fetched. Fails with what it throws. */
    public <T> Future<T> evaluated(Supplier<T> evaluation) {
        T result;
        try {
            result = evaluation.get();
        } catch (Fetching open) {
            return open.answer.compose(known -> evaluated(evaluation));
        }
        return Future.succeededFuture(result);
    }

    /** Evaluates something of each of them, one after another. Fails with what the first of them throws. */
    public <T> Future<Void> inTurn(List<T> all, Consumer<T> evaluation) {
        return inTurn(all.iterator(), evaluation);
    }

    private <T> Future<Void> inTurn(Iterator<T> rest, Consumer<T> evaluation) {
        while (rest.hasNext()) {
            T each = rest.next();
            try {
                evaluation.accept(each);
            } catch (Fetching open) {
                return open.answer
                        .compose(known -> this.<Void>evaluated(() -> {
                            evaluation.accept(each);
                            return null;
                        }))
                        .compose(done -> inTurn(rest, evaluation));
            }
        }
        return Future.succeededFuture();
    }

    private Authorization.Answer answer(User user, Authorization.Question question) {
        Asked asked = new Asked(user, question);
        Authorization.Answer known = fetched.get(asked);
        if (known != null) {
            return known;
        }
        Future<Authorizer.Decision> decision = authorizer.authorize(
                user,
                new Attributes(
                        question.verb(),
                        question.group(),
                        "*",
                        question.resource(),
                        question.subresource(),
                        question.namespace(),
                        question.name(),
                        question.path(),
                        Selectors.ofTexts(question.fieldSelector(), question.labelSelector())));
        if (decision.succeeded()) {
            return told(decision.result());
        }
        if (fetched.size() >= MOST_FETCHED) {
            return new Authorization.Answer(false, "", "more than " + MOST_FETCHED + " questions about one write");
        }
        throw new Fetching(decision.onSuccess(made -> fetched.put(asked, told(made))));
    }

    private static Authorization.Answer told(Authorizer.Decision decision) {
        return new Authorization.Answer(decision.allowed(), decision.reason(), decision.error());
    }

    private final class OfUser implements Authorization {
        private final User user;

        OfUser(User user) {
            this.user = user;
        }

        @Override
        public Answer ask(Question question) {
            return answer(user, question);
        }

        @Override
        public Authorization ofServiceAccount(String namespace, String name) {
            return new OfUser(User.serviceAccount(namespace, name));
        }
    }
}
