package io.kvorum.controllers;

import io.kvorum.component.ComponentContext;
import io.kvorum.component.UsageException;
import io.kvorum.controllers.certificates.SigningAuthority;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that flags name, read.
 *
 * @param published in every namespace, in PEM; null to publish none
 * @param signing by the name of the signer; those without one sign nothing
 */
record Authorities(@Nullable String published, Map<String, SigningAuthority> signing) {
    Authorities {
        signing = Map.copyOf(signing);
    }

    /** Fails with a UsageException naming the flag that is wrong. */
    static Future<Authorities> read(ComponentContext context, ControllerFlags flags) {
        return context.vertx()
                .executeBlocking(() -> new Authorities(published(flags.rootCaFile.get()), signing(flags)), false);
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

    static Map<String, SigningAuthority> signing(ControllerFlags flags) {
        Map<String, SigningAuthority> all = new HashMap<>();
        SigningAuthority common = read("cluster-signing", flags.signingCertificate.get(), flags.signingKey.get());
        flags.signers.forEach((signer, files) -> {
            SigningAuthority own = read("cluster-signing-" + files.name, files.certificate.get(), files.key.get());
            if (own != null && common != null) {
                throw new UsageException(
                        "--cluster-signing-" + files.name + "-cert-file and --cluster-signing-cert-file"
                                + " exclude each other: name one authority for all signers, or one for each that is to sign");
            }
            SigningAuthority authority = own == null ? common : own;
            if (authority != null) {
                all.put(signer, authority);
            }
        });
        return all;
    }

    private static @Nullable SigningAuthority read(String flag, @Nullable Path certificate, @Nullable Path key) {
        if (certificate == null && key == null) {
            return null;
        }
        String both = "--" + flag + "-cert-file and --" + flag + "-key-file";
        if (certificate == null || key == null) {
            throw new UsageException(both + " belong together: give both or none");
        }
        try {
            return SigningAuthority.read(certificate, key);
        } catch (IOException e) {
            throw new UsageException(both + ": " + e.getMessage());
        }
    }
}
