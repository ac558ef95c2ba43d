/**
 * Admission by webhooks: MutatingWebhookConfiguration and ValidatingWebhookConfiguration. A configuration is compiled once
 * for each of its revisions; who is asked, and what becomes of the answer, is as upstream documents it.
 */
@NullMarked
package io.kvorum.apiserver.webhook;

import org.jspecify.annotations.NullMarked;
