package io.kvorum.apiserver;

import io.kvorum.component.Identity;
import io.kvorum.component.UsageException;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How this API server speaks to kubelets over HTTPS. Without files no kubelet lets it in, and streams into pods fail.
 *
 * @param localAddress of this component, to dial from
 * @param files null when none are given
 */
record KubeletConnection(String localAddress, @Nullable Pem files) {
    /** Certificate and key to show, and the authorities to trust. */
    record Pem(Path certificate, Path key, Path authority) {}

    /** Fails with a UsageException naming the flag that is wrong. */
    static KubeletConnection of(ApiServerFlags flags, Identity identity) {
        Path certificate = flags.kubeletClientCertificate.get();
        Path key = flags.kubeletClientKey.get();
        Path authority = flags.kubeletCertificateAuthority.get();
        if (certificate == null && key == null && authority == null) {
            return new KubeletConnection(identity.address(), null);
        }
        if (certificate == null || key == null || authority == null) {
            throw new UsageException("--kubelet-client-certificate, --kubelet-client-key and"
                    + " --kubelet-certificate-authority belong together: give all or none");
        }
        for (Path file : List.of(certificate, key, authority)) {
            if (!Files.isReadable(file)) {
                throw new UsageException("cannot read " + file);
            }
        }
        return new KubeletConnection(identity.address(), new Pem(certificate, key, authority));
    }

    HttpClientOptions clientOptions() {
        HttpClientOptions options =
                new HttpClientOptions().setSsl(true).setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"));
        options.setLocalAddress(localAddress);
        if (files != null) {
            options.setKeyCertOptions(new PemKeyCertOptions()
                            .setCertPath(files.certificate().toString())
                            .setKeyPath(files.key().toString()))
                    .setTrustOptions(
                            new PemTrustOptions().addCertPath(files.authority().toString()));
        }
        return options;
    }
}
