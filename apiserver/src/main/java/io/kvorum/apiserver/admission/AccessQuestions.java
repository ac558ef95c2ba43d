package io.kvorum.apiserver.admission;

import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.auth.Authorizer.Attributes;
import io.kvorum.apiserver.request.User;
import io.kvorum.cel.AdmissionVariables;
import io.kvorum.cel.Authorization;
import io.kvorum.cel.ValueType;
import java.util.Map;

/** Lets expressions ask what the one who writes may do, or a service account. */
public final class AccessQuestions {
    private AccessQuestions() {}

    /** The variables {@code authorizer} and {@code authorizer.requestResource} for a write, by name. */
    public static Map<String, Object> of(Authorizer authorizer, Admission.Attempt attempt) {
        Authorization whom = new OfUser(authorizer, attempt.user());
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

    private record OfUser(Authorizer authorizer, User user) implements Authorization {
        @Override
        public Answer ask(Question question) {
            Authorizer.Decision decision = authorizer.authorize(
                    user,
                    new Attributes(
                            question.verb(),
                            question.group(),
                            "*",
                            question.resource(),
                            question.subresource(),
                            question.namespace(),
                            question.name(),
                            question.path()));
            return new Answer(decision.allowed(), decision.reason());
        }

        @Override
        public Authorization ofServiceAccount(String namespace, String name) {
            return new OfUser(authorizer, User.serviceAccount(namespace, name));
        }
    }
}
