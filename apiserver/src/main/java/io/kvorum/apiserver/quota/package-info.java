/** Charges new objects to the quotas of their namespace, in the transaction that writes them: never more than is allowed. */
@NullMarked
package io.kvorum.apiserver.quota;

import org.jspecify.annotations.NullMarked;
