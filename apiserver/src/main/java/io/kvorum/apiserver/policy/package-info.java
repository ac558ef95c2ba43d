/**
 * Admission by rules in CEL: ValidatingAdmissionPolicy (KEP-3488) and MutatingAdmissionPolicy (KEP-3962) with their bindings. A
 * policy is compiled once for each of its generations, when it is first needed.
 */
@NullMarked
package io.kvorum.apiserver.policy;

import org.jspecify.annotations.NullMarked;
