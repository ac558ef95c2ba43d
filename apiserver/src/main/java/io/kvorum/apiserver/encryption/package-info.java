/** Encryption at rest: values of chosen resources reach the store encrypted, in the forms upstream writes. */
@NullMarked
package io.kvorum.apiserver.encryption;

import org.jspecify.annotations.NullMarked;
