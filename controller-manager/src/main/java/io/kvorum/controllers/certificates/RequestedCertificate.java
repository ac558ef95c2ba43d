package io.kvorum.controllers.certificates;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for.
 *
 * @param request the PKCS#10 structure
 * @param names subject alternative names
 */
record RequestedCertificate(
        PKCS10CertificationRequest request, String commonName, List<String> organizations, List<GeneralName> names) {
    /**
     * Reads {@code spec.request}; fails with IOException when it is malformed.
     *
     * @param base64 of a PEM block
     */
    static RequestedCertificate parse(String base64) throws IOException {
        String pem = new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
        try (PemReader reader = new PemReader(new StringReader(pem))) {
            PemObject block = reader.readPemObject();
            if (block == null || !block.getType().equals("CERTIFICATE REQUEST")) {
                throw new IOException("PEM block type must be CERTIFICATE REQUEST");
            }
            PKCS10CertificationRequest request = new PKCS10CertificationRequest(block.getContent());
            List<String> common = texts(request, BCStyle.CN);
            return new RequestedCertificate(
                    request, common.isEmpty() ? "" : common.get(0), texts(request, BCStyle.O), names(request));
        }
    }

    boolean hasName(int tag) {
        return names.stream().anyMatch(name -> name.getTagNo() == tag);
    }

    private static List<String> texts(PKCS10CertificationRequest request, ASN1ObjectIdentifier type) {
        List<String> texts = new ArrayList<>();
        for (RDN part : request.getSubject().getRDNs(type)) {
            texts.add(IETFUtils.valueToString(part.getFirst().getValue()));
        }
        return texts;
    }

    private static List<GeneralName> names(PKCS10CertificationRequest request) {
        @Nullable
        Extensions extensions = request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest).length == 0
                ? null
                : request.getRequestedExtensions();
        GeneralNames names =
                extensions == null ? null : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
        return names == null ? List.of() : List.of(names.getNames());
    }
}
