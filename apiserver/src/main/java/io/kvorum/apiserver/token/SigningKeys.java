package io.kvorum.apiserver.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The keys of service account tokens: ECDSA P-256, P-384 or P-521, or RSA. Immutable; its methods compute. */
public final class SigningKeys {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private final Map<String, JWSVerifier> verifiers = new LinkedHashMap<>();
    private final List<JWK> published = new ArrayList<>();
    private final @Nullable JWSSigner signer;
    private final @Nullable JWSHeader header;

    /**
     * Reads the keys; blocks.
     *
     * @param verifying files of public keys, or of RSA private ones
     * @param signing file of the private key that makes tokens, null for none; one of {@code verifying} belongs to it
     * @throws IOException saying which file is wrong and why
     */
    public static SigningKeys read(List<Path> verifying, @Nullable Path signing) throws IOException {
        try {
            List<PublicKey> publics = new ArrayList<>();
            for (Path file : verifying) {
                publics.addAll(publicKeys(file));
            }
            return new SigningKeys(publics, signing == null ? null : privateKey(signing));
        } catch (GeneralSecurityException | JOSEException e) {
            throw new IOException("service account keys cannot be used: " + e.getMessage(), e);
        }
    }

    private SigningKeys(List<PublicKey> publics, @Nullable PrivateKey signing)
            throws GeneralSecurityException, JOSEException, IOException {
        JWSHeader found = null;
        for (PublicKey key : publics) {
            String id = id(key);
            JWSAlgorithm algorithm = algorithm(key);
            verifiers.put(id, verifier(key));
            published.add(published(key, id, algorithm));
            if (signing != null && belong(signing, key)) {
                found = new JWSHeader.Builder(algorithm).keyID(id).build();
            }
        }
        if (signing != null && found == null) {
            throw new IOException("no --service-account-key-file has the public key of the signing key");
        }
        header = found;
        signer = signing == null
                ? null
                : signing instanceof ECPrivateKey key ? new ECDSASigner(key) : new RSASSASigner(signing);
    }

    /** The token. */
    String sign(JWTClaimsSet claims) {
        if (signer == null || header == null) {
            throw new IllegalStateException("no signing key");
        }
        try {
            SignedJWT token = new SignedJWT(header, claims);
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot sign a token", e);
        }
    }

    /** What the token says, null when it is none or of no key known here. Its times are not looked at. */
    @Nullable
    JWTClaimsSet verify(String token) {
        try {
            SignedJWT signed = SignedJWT.parse(token);
            JWSVerifier named = verifiers.get(String.valueOf(signed.getHeader().getKeyID()));
            for (JWSVerifier verifier : named == null ? verifiers.values() : List.of(named)) {
                boolean suits = verifier.supportedJWSAlgorithms()
                        .contains(signed.getHeader().getAlgorithm());
                if (suits && signed.verify(verifier)) {
                    return signed.getJWTClaimsSet();
                }
            }
            return null;
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return null;
        }
    }

    /** The public keys as a JSON Web Key Set. */
    String keySet() {
        return new JWKSet(published).toString();
    }

    /** Names of the algorithms in use. */
    List<String> algorithms() {
        return published.stream()
                .map(key -> key.getAlgorithm().getName())
                .distinct()
                .toList();
    }

    private static JWSVerifier verifier(PublicKey key) throws JOSEException {
        return key instanceof ECPublicKey elliptic
                ? new ECDSAVerifier(elliptic)
                : new RSASSAVerifier((RSAPublicKey) key);
    }

    private static JWK published(PublicKey key, String id, JWSAlgorithm algorithm) {
        return key instanceof ECPublicKey elliptic
                ? new ECKey.Builder(Curve.forECParameterSpec(elliptic.getParams()), elliptic)
                        .keyID(id)
                        .algorithm(algorithm)
                        .keyUse(KeyUse.SIGNATURE)
                        .build()
                : new RSAKey.Builder((RSAPublicKey) key)
                        .keyID(id)
                        .algorithm(algorithm)
                        .keyUse(KeyUse.SIGNATURE)
                        .build();
    }

    private static JWSAlgorithm algorithm(PublicKey key) {
        if (!(key instanceof ECPublicKey elliptic)) {
            return JWSAlgorithm.RS256;
        }
        int bits = elliptic.getParams().getOrder().bitLength();
        return bits <= 256 ? JWSAlgorithm.ES256 : bits <= 384 ? JWSAlgorithm.ES384 : JWSAlgorithm.ES512;
    }

    private static String id(PublicKey key) throws GeneralSecurityException {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    /** Whether what the private key signs, the public one verifies. */
    private static boolean belong(PrivateKey signing, PublicKey verifying) throws GeneralSecurityException {
        if (!signing.getAlgorithm().equals(verifying.getAlgorithm())) {
            return false;
        }
        Signature signature =
                Signature.getInstance("SHA256with" + (signing.getAlgorithm().equals("EC") ? "ECDSA" : "RSA"));
        signature.initSign(signing);
        signature.update((byte) 1);
        byte[] made = signature.sign();
        signature.initVerify(verifying);
        signature.update((byte) 1);
        return signature.verify(made);
    }

    private static List<PublicKey> publicKeys(Path file) throws IOException, GeneralSecurityException {
        List<PublicKey> keys = new ArrayList<>();
        Matcher blocks = PEM.matcher(Files.readString(file));
        while (blocks.find()) {
            byte[] der = Base64.getMimeDecoder().decode(blocks.group(2));
            if (blocks.group(1).equals("PUBLIC KEY")) {
                keys.add(publicKey(der));
            } else if (blocks.group(1).equals("PRIVATE KEY") && privateKey(der) instanceof RSAPrivateCrtKey rsa) {
                keys.add(KeyFactory.getInstance("RSA")
                        .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent())));
            }
        }
        if (keys.isEmpty()) {
            throw new IOException(file + " holds no public key in PEM (\"BEGIN PUBLIC KEY\")");
        }
        return keys;
    }

    private static PublicKey publicKey(byte[] der) throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
        } catch (InvalidKeySpecException noneOfThat) {
            return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der));
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        Matcher block = PEM.matcher(Files.readString(file));
        if (!block.find() || !block.group(1).equals("PRIVATE KEY")) {
            throw new IOException(file + " holds no private key in PKCS 8 (\"BEGIN PRIVATE KEY\")");
        }
        return privateKey(Base64.getMimeDecoder().decode(block.group(2)));
    }

    private static PrivateKey privateKey(byte[] der) throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (InvalidKeySpecException noneOfThat) {
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
        }
    }
}
