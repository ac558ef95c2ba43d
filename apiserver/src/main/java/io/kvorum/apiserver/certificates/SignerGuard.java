package io.kvorum.apiserver.certificates;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.Pkcs10;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.Base64;
import java.util.Set;

/**
 * Whoever approves or signs a request for a certificate must be allowed to for its signer, not only to write the object; and
 * nobody is given a certificate of the group {@code system:masters}. The plugins CertificateApproval, CertificateSigning and
 * CertificateSubjectRestriction.
 */
public final class SignerGuard implements Admission {
    private static final String GROUP = "certificates.k8s.io";
    private static final String CLIENTS = "kubernetes.io/kube-apiserver-client";

    private final Authorizer authorizer;
    private final Set<String> disabled;

    /** @param disabled names of plugins that are turned off */
    public SignerGuard(Authorizer authorizer, Set<String> disabled) {
        this.authorizer = authorizer;
        this.disabled = Set.copyOf(disabled);
    }

    @Override
    public Future<Void> validate(Attempt attempt) {
        ObjectNode request = attempt.object();
        boolean ours = attempt.info().group().equals(GROUP)
                && attempt.info().resource().equals("certificatesigningrequests");
        if (request == null || !ours) {
            return Future.succeededFuture();
        }
        return switch (attempt.subresource()) {
            case "approval" -> allowed(attempt, "CertificateApproval", "approve");
            case "status" ->
                Tree.sameValue(request.path("status"), Tree.at(attempt.old(), "status"))
                        ? Future.succeededFuture()
                        : allowed(attempt, "CertificateSigning", "sign");
            case "" -> attempt.operation() == Operation.CREATE ? subject(attempt, request) : Future.succeededFuture();
            default -> Future.succeededFuture();
        };
    }

    private Future<Void> allowed(Attempt attempt, String plugin, String verb) {
        // The signer of the request as it is stored: an update cannot change it.
        String signer = Tree.text(attempt.old() == null ? attempt.object() : attempt.old(), "spec", "signerName");
        String wildcard = signer.substring(0, Math.max(0, signer.indexOf('/'))) + "/*";
        if (disabled.contains(plugin)) {
            return Future.succeededFuture();
        }
        return may(attempt.user(), verb, signer)
                .compose(may -> may ? Future.succeededFuture(true) : may(attempt.user(), verb, wildcard))
                .compose(may -> may
                        ? Future.succeededFuture()
                        : refused(
                                attempt,
                                "user not permitted to " + verb + " requests with signerName \"" + signer + "\""));
    }

    private Future<Boolean> may(User user, String verb, String signer) {
        return authorizer
                .authorize(user, Authorizer.Attributes.resource(verb, GROUP, "signers", "", signer))
                .map(Authorizer.Decision::allowed);
    }

    private Future<Void> subject(Attempt attempt, ObjectNode request) {
        boolean client = Tree.text(request, "spec", "signerName").equals(CLIENTS);
        if (disabled.contains("CertificateSubjectRestriction") || !client) {
            return Future.succeededFuture();
        }
        byte[] pem;
        try {
            pem = Base64.getMimeDecoder().decode(Tree.text(request, "spec", "request"));
        } catch (IllegalArgumentException e) {
            return Future.succeededFuture(); // refused by the rules of the kind
        }
        return Pkcs10.organizations(pem).contains(User.MASTERS)
                ? refused(attempt, "use of " + CLIENTS + " signer with " + User.MASTERS + " group is not allowed")
                : Future.succeededFuture();
    }

    private static Future<Void> refused(Attempt attempt, String why) {
        return Future.failedFuture(ApiException.forbidden(GROUP, attempt.info().resource(), attempt.name(), why));
    }
}
