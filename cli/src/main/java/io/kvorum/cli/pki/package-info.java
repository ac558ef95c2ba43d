/** The certificates of a cluster: its own authority, the API servers' serving certificates, the administrator's client certificate. */
@NullMarked
package io.kvorum.cli.pki;

import org.jspecify.annotations.NullMarked;
