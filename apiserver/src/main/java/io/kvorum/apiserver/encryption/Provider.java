package io.kvorum.apiserver.encryption;

import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/** One way to keep values: seals new ones, and opens those it has sealed, with whichever of its keys. */
interface Provider {
    /**
     * The stored form of a value.
     *
     * @param context the key it is stored under, to which it is bound where the cipher can
     */
    byte[] seal(byte[] plain, byte[] context) throws GeneralSecurityException;

    /** The value; null when it was sealed by another provider. Fails when its key is not known or it was changed. */
    byte @Nullable [] open(byte[] stored, byte[] context) throws GeneralSecurityException;
}
