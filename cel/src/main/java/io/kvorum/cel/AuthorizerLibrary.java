package io.kvorum.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;

/** The functions of the variable {@code authorizer}: {@code authorizer.group('apps').resource('deployments').check('get')}. */
final class AuthorizerLibrary extends FunctionSet {
    static final CelType AUTHORIZER = OpaqueType.create("kubernetes.authorization.Authorizer");
    static final CelType RESOURCE = OpaqueType.create("kubernetes.authorization.ResourceCheck");
    private static final CelType PATH = OpaqueType.create("kubernetes.authorization.PathCheck");
    private static final CelType GROUP = OpaqueType.create("kubernetes.authorization.GroupCheck");
    private static final CelType DECISION = OpaqueType.create("kubernetes.authorization.Decision");

    static final AuthorizerLibrary ALL = new AuthorizerLibrary();

    /** What is to be asked, but for the verb. */
    record Check(Authorization whom, Authorization.Question about) {
        Check(Authorization whom, String path, String group) {
            this(whom, new Authorization.Question("", path, group, "", "", "", ""));
        }

        Check resource(String resource) {
            return with(resource, about.subresource(), about.namespace(), about.name());
        }

        Check subresource(String subresource) {
            return with(about.resource(), subresource, about.namespace(), about.name());
        }

        Check namespace(String namespace) {
            return with(about.resource(), about.subresource(), namespace, about.name());
        }

        Check name(String name) {
            return with(about.resource(), about.subresource(), about.namespace(), name);
        }

        Check fieldSelector(String selector) {
            return narrowed(selector, about.labelSelector());
        }

        Check labelSelector(String selector) {
            return narrowed(about.fieldSelector(), selector);
        }

        private Check with(String resource, String subresource, String namespace, String name) {
            return new Check(
                    whom,
                    new Authorization.Question(
                            "",
                            "",
                            about.group(),
                            resource,
                            subresource,
                            namespace,
                            name,
                            about.fieldSelector(),
                            about.labelSelector()));
        }

        private Check narrowed(String fields, String labels) {
            return new Check(
                    whom,
                    new Authorization.Question(
                            "",
                            "",
                            about.group(),
                            about.resource(),
                            about.subresource(),
                            about.namespace(),
                            about.name(),
                            fields,
                            labels));
        }

        Authorization.Answer verb(String verb) {
            return whom.ask(new Authorization.Question(
                    verb,
                    about.path(),
                    about.group(),
                    about.resource(),
                    about.subresource(),
                    about.namespace(),
                    about.name(),
                    about.fieldSelector(),
                    about.labelSelector()));
        }
    }

    private AuthorizerLibrary() {
        CelType text = SimpleType.STRING;
        member("path", PATH, AUTHORIZER, Authorization.class, text, String.class, (whom, path) -> {
            if (path.isEmpty()) {
                throw new IllegalArgumentException("path must not be empty");
            }
            return new Check(whom, path, "");
        });
        member(
                "group",
                GROUP,
                AUTHORIZER,
                Authorization.class,
                text,
                String.class,
                (whom, group) -> new Check(whom, "", group));
        member(
                "serviceAccount",
                AUTHORIZER,
                AUTHORIZER,
                Authorization.class,
                text,
                String.class,
                text,
                String.class,
                Authorization::ofServiceAccount);
        member("resource", RESOURCE, GROUP, Check.class, text, String.class, Check::resource);
        member("subresource", RESOURCE, RESOURCE, Check.class, text, String.class, Check::subresource);
        member("namespace", RESOURCE, RESOURCE, Check.class, text, String.class, Check::namespace);
        member("name", RESOURCE, RESOURCE, Check.class, text, String.class, Check::name);
        member("fieldSelector", RESOURCE, RESOURCE, Check.class, text, String.class, Check::fieldSelector);
        member("labelSelector", RESOURCE, RESOURCE, Check.class, text, String.class, Check::labelSelector);
        member("check", DECISION, PATH, Check.class, text, String.class, Check::verb);
        member("check", DECISION, RESOURCE, Check.class, text, String.class, Check::verb);
        member("allowed", SimpleType.BOOL, DECISION, Authorization.Answer.class, Authorization.Answer::allowed);
        member("reason", text, DECISION, Authorization.Answer.class, Authorization.Answer::reason);
        member(
                "errored",
                SimpleType.BOOL,
                DECISION,
                Authorization.Answer.class,
                answer -> !answer.error().isEmpty());
        member("error", text, DECISION, Authorization.Answer.class, Authorization.Answer::error);
    }
}
