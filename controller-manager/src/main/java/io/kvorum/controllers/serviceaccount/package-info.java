/** Gives every namespace its ServiceAccount {@code default}. */
@NullMarked
package io.kvorum.controllers.serviceaccount;

import org.jspecify.annotations.NullMarked;
