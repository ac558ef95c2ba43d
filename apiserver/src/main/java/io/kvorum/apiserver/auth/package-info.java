/**
 * Who asks and whether they may: client certificates, bus identities, tokens, impersonation; the chain of authorizers. The
 * policy of roles is in {@code rbac}, what kubelets may in {@code node}, service account tokens in {@code token}.
 */
@NullMarked
package io.kvorum.apiserver.auth;

import org.jspecify.annotations.NullMarked;
