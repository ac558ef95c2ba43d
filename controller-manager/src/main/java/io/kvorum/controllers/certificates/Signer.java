package io.kvorum.controllers.certificates;

import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;

/** The signers of Kubernetes and what each of them signs. */
enum Signer {
    API_SERVER_CLIENT("kubernetes.io/kube-apiserver-client") {
        @Override
        @Nullable
        String objection(RequestedCertificate wanted, List<String> usages) {
            for (String usage : usages) {
                if (!Set.of(DIGITAL_SIGNATURE, KEY_ENCIPHERMENT, CLIENT_AUTH).contains(usage)) {
                    return "invalid usage for client certificate: " + usage;
                }
            }
            return usages.contains(CLIENT_AUTH)
                    ? null
                    : "missing required usage for client certificate: " + CLIENT_AUTH;
        }
    },
    KUBELET_CLIENT("kubernetes.io/kube-apiserver-client-kubelet") {
        @Override
        @Nullable
        String objection(RequestedCertificate wanted, List<String> usages) {
            if (!wanted.names().isEmpty()) {
                return unwantedNames(wanted);
            }
            String subject = nodeSubject(wanted);
            return subject != null ? subject : nodeUsages(usages, CLIENT_AUTH);
        }
    },
    KUBELET_SERVING("kubernetes.io/kubelet-serving") {
        @Override
        @Nullable
        String objection(RequestedCertificate wanted, List<String> usages) {
            String subject = nodeSubject(wanted);
            if (subject != null) {
                return subject;
            }
            if (!wanted.hasName(GeneralName.dNSName) && !wanted.hasName(GeneralName.iPAddress)) {
                return "DNS or IP subjectAltName is required";
            }
            if (wanted.hasName(GeneralName.rfc822Name)) {
                return "Email subjectAltNames are not allowed";
            }
            if (wanted.hasName(GeneralName.uniformResourceIdentifier)) {
                return "URI subjectAltNames are not allowed";
            }
            return nodeUsages(usages, "server auth");
        }
    },
    LEGACY("kubernetes.io/legacy-unknown") {
        @Override
        @Nullable
        String objection(RequestedCertificate wanted, List<String> usages) {
            return null;
        }
    };

    private static final String DIGITAL_SIGNATURE = "digital signature";
    private static final String KEY_ENCIPHERMENT = "key encipherment";
    private static final String CLIENT_AUTH = "client auth";

    private final String signerName;

    Signer(String signerName) {
        this.signerName = signerName;
    }

    /** Why it does not sign the request, in upstream's words; null when it does. */
    abstract @Nullable String objection(RequestedCertificate wanted, List<String> usages);

    /** Null for the signers of others. */
    static @Nullable Signer of(String name) {
        for (Signer signer : values()) {
            if (signer.signerName.equals(name)) {
                return signer;
            }
        }
        return null;
    }

    private static @Nullable String nodeSubject(RequestedCertificate wanted) {
        if (!wanted.organizations().equals(List.of("system:nodes"))) {
            return "subject organization is not system:nodes";
        }
        return wanted.commonName().startsWith("system:node:")
                ? null
                : "subject common name does not begin with system:node:";
    }

    private static String unwantedNames(RequestedCertificate wanted) {
        if (wanted.hasName(GeneralName.dNSName)) {
            return "DNS subjectAltNames are not allowed";
        }
        if (wanted.hasName(GeneralName.rfc822Name)) {
            return "Email subjectAltNames are not allowed";
        }
        return wanted.hasName(GeneralName.iPAddress)
                ? "IP subjectAltNames are not allowed"
                : "URI subjectAltNames are not allowed";
    }

    /** Exactly a signature and the purpose; keys that can encipher may say so. */
    private static @Nullable String nodeUsages(List<String> usages, String purpose) {
        Set<String> asked = Set.copyOf(usages);
        boolean fits = asked.equals(Set.of(DIGITAL_SIGNATURE, purpose))
                || asked.equals(Set.of(DIGITAL_SIGNATURE, KEY_ENCIPHERMENT, purpose));
        return fits
                ? null
                : "usages did not match [\"digital signature\" \"key encipherment\" \"" + purpose
                        + "\"] or [\"digital signature\" \"" + purpose + "\"]";
    }
}
