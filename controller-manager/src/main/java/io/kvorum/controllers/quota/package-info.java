/** Counts what is used of quotas: what the API server charges, this gives back, and sets right. */
@NullMarked
package io.kvorum.controllers.quota;

import org.jspecify.annotations.NullMarked;
