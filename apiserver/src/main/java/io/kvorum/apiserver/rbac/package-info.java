/**
 * Role based access control.
 *
 * <p>Design. {@link io.kvorum.apiserver.rbac.RbacPolicy} holds roles and bindings in the form in which they are asked:
 * rules compiled to sets, bindings by subject. So a decision looks at the bindings of one user and its few groups only,
 * without a lock, a parse or a cache of decisions that would have to be emptied. It is fed by the watch cache, on its
 * event loop. Until the bootstrap objects are reconciled, those that are missing in the store count as if they were
 * there, so that components need not wait for a new cluster's first writes.
 *
 * <p>{@link io.kvorum.apiserver.rbac.RoleGuard} is what keeps a user from giving away more than it has.
 */
@NullMarked
package io.kvorum.apiserver.rbac;

import org.jspecify.annotations.NullMarked;
