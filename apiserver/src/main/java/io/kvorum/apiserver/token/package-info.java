/**
 * The tokens of service accounts: JSON Web Tokens that say whom they speak for, to whom, until when, and on what object
 * they depend.
 *
 * <p>Design. A signature is checked once, on a worker; what it said is kept until the token runs out. Whether the service
 * account, the pod or the secret it depends on is still there is looked up in the watch cache at every use, so that a
 * token ends with any of them. Only API servers hold the key that signs, so they also fill the Secrets of type {@code
 * kubernetes.io/service-account-token} ({@link io.kvorum.apiserver.token.SecretTokens}).
 */
@NullMarked
package io.kvorum.apiserver.token;

import org.jspecify.annotations.NullMarked;
