/**
 * Webhooks that are asked who somebody is ({@code TokenReview}) and what he may ({@code SubjectAccessReview}). Whatever they do
 * not say is not allowed.
 */
@NullMarked
package io.kvorum.apiserver.remote;

import org.jspecify.annotations.NullMarked;
