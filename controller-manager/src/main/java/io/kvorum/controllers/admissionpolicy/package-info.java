/**
 * Types the expressions of ValidatingAdmissionPolicies (KEP-3488): what does not fit the kinds a policy names is told in its status.
 *
 * <p>Design. The rules of a policy are turned into kinds by discovery, kinds into schemas by the published OpenAPI documents, and
 * each expression is compiled once per kind, with the object typed by the kind's schema. All reads come first, then everything is
 * compiled in one go on a worker thread: the first expression loads the compiler, which takes most of a second.
 */
@NullMarked
package io.kvorum.controllers.admissionpolicy;

import org.jspecify.annotations.NullMarked;
