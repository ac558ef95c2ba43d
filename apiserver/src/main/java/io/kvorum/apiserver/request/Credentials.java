package io.kvorum.apiserver.request;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What the transport knows of the sender.
 *
 * @param certificate the client certificate, already verified against the client CA; null when none was shown
 * @param address IP address of the sender, empty when it is not known
 * @param busSender node id of a bus sender ({@code role/name@host:port}); null over HTTPS
 */
public record Credentials(
        @Nullable X509Certificate certificate, @Nullable String busSender, String address) {
    public static final Credentials NONE = new Credentials(null, null, "");
}
