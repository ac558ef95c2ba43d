package io.kvorum.controllers;

import io.kvorum.component.ComponentContext;
import io.kvorum.component.UsageException;
import io.kvorum.controllers.certificates.SigningAuthority;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that flags name, read.
 *
 * @param published in every namespace, in PEM; null to publish none
 * @param signing signs certificates; null when none are signed
 */
record Authorities(@Nullable String published, @Nullable SigningAuthority signing) {
    /** Fails with a UsageException naming the flag that is wrong. */
    static Future<Authorities> read(ComponentContext context, ControllerFlags flags) {
        return context.vertx()
                .executeBlocking(
                        () -> new Authorities(
                                published(flags.rootCaFile.get()),
                                signing(flags.signingCertificate.get(), flags.signingKey.get())),
                        false);
    }

    private static @Nullable String published(@Nullable Path file) {
        if (file == null) {
            return null;
        }
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UsageException("--root-ca-file: cannot read " + file + ": " + e.getMessage());
        }
    }

    private static @Nullable SigningAuthority signing(@Nullable Path certificate, @Nullable Path key) {
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new UsageException(
                    "--cluster-signing-cert-file and --cluster-signing-key-file belong together: give both or none");
        }
        try {
            return SigningAuthority.read(certificate, key);
        } catch (IOException e) {
            throw new UsageException("--cluster-signing-cert-file, --cluster-signing-key-file: " + e.getMessage());
        }
    }
}
