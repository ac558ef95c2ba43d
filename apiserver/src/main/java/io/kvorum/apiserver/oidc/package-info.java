/** Users of OpenID Connect providers: whose ID tokens are believed, and who they make of their owners. */
@NullMarked
package io.kvorum.apiserver.oidc;

import org.jspecify.annotations.NullMarked;
